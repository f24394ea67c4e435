/** OpenAPI 3.1 from the declared routes: what the doors check is what is published. */
import { z } from 'zod';
import { SecondFactorNeededSchema } from '#domain/identity/api/mfa.ts';
import { DecisionSchema } from '#domain/kernel/decision.ts';
import { CSRF_HEADER } from './csrf.ts';
import type { Access, Route } from './route.ts';
import { headerOf } from './said-in-headers.ts';

const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  field: z.string().optional(),
  decision: DecisionSchema.optional(),
  secondFactor: SecondFactorNeededSchema.optional(),
  request: z.string(),
});

type JsonSchema = { readonly [key: string]: unknown };

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
  }) as JsonSchema;
  return json;
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): readonly object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: JsonSchema;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: of,
  }));
}

const SECURITY: { readonly [A in Access]: readonly object[] } = {
  public: [],
  optional: [{}, { device: [] }, { person: [] }],
  device: [{ device: [] }],
  user: [{ person: [] }, { page: [] }],
  any: [{ device: [] }, { person: [] }, { page: [] }],
  browser: [],
  visitor: [],
  operator: [{ operator: [] }],
  scraper: [{ scraper: [] }, { operator: [] }],
};

function operationOf(route: Route): object {
  const media = route.media ?? 'application/json';
  const good = route.media === undefined ? schemaOf(route.output, 'input') : { type: 'string', format: 'binary' };
  return {
    summary: route.title,
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    security: SECURITY[route.access],
    ...(typeof route.action === 'object' ? { 'x-action': route.action.name } : {}),
    parameters: [
      ...parametersOf(route.params, 'path'),
      ...parametersOf(route.query, 'query'),
      ...(route.saidInHeader ? [{ ...headerOf(route.saidInHeader), in: 'header', required: false }] : []),
    ],
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }
      : {}),
    responses: {
      ...(route.redirect
        ? { 303: { description: 'Elsewhere', headers: { location: { schema: { type: 'string' } } } } }
        : { 200: { description: 'Done', content: { [media]: { schema: good } } } }),
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

export function openApi(routes: readonly Route[]): object {
  const paths: { [path: string]: { [method: string]: object } } = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Quantum Dispatch center',
      version: '1',
      description: 'The wire between stations and the center, and the center’s own API.',
    },
    paths,
    components: {
      schemas: { Problem: schemaOf(ProblemSchema, 'output') },
      securitySchemes: {
        device: {
          type: 'http',
          scheme: 'dpop',
          description: 'Device token of an enrolled workstation, with a proof of its key (RFC 9449)',
        },
        person: { type: 'http', scheme: 'bearer', description: 'Access token of a signed-in person' },
        page: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-qd-access',
          description: `A session of the center’s own page; what changes something also needs the header ${CSRF_HEADER}`,
        },
        scraper: { type: 'http', scheme: 'bearer', description: 'metrics.token of the data folder of the center' },
        operator: { type: 'http', scheme: 'bearer', description: 'The token in the data folder of the center' },
      },
    },
  };
}
