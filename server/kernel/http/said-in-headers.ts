/**
 * What HTTP has a header for and a body here says as well: the version that a change was made from (`If-Match`, RFC 9110 13.1.1), and
 * the key under which a repeated request gets the same answer (`Idempotency-Key`). Where nothing is told by them they are refused: read
 * past, a change would be made over somebody else's, and a repeated one twice.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from './problem.ts';
import type { Route } from './route.ts';

interface Header {
  readonly name: string;
  /** What it takes, for whoever sent another. */
  readonly takes: string;
  readonly form: RegExp;
  readonly read: (text: string) => string | number;
}

/** By the name of the field that says it in a body. */
const HEADERS = {
  version: {
    name: 'If-Match',
    takes: 'the version that the change was made from, in quotes: "3"',
    form: /^"\d{1,9}"$/,
    read: (text) => Number(text.slice(1, -1)),
  },
  id: {
    name: 'Idempotency-Key',
    takes: 'the id of the request, in quotes or without',
    form: /^("[\w.:-]{1,128}"|[\w.:-]{1,128})$/,
    read: (text) => text.replace(/"/g, ''),
  },
} as const satisfies { readonly [field: string]: Header };
/** A field of a body that a header may say instead. */
export type SaidInHeader = keyof typeof HEADERS;
const FIELDS = Object.keys(HEADERS) as SaidInHeader[];

/** The header of a field: for the page in OpenAPI. */
export function headerOf(field: SaidInHeader): { readonly name: string; readonly description: string; schema: object } {
  const { name, takes, form } = HEADERS[field];
  return {
    name,
    description: `Says \`${field}\` of the body: ${takes}`,
    schema: { type: 'string', pattern: form.source },
  };
}

/** The body with what the headers say in it; throws Problem 400 for a header that says nothing here, or another thing than the body. */
export function withHeaders(
  route: Pick<Route, 'method' | 'raw' | 'saidInHeader'>,
  headers: IncomingHttpHeaders,
  body: unknown,
): unknown {
  // What others sign and send has headers of theirs.
  if (route.method === 'GET' || route.raw) return body;
  let said = body;
  for (const field of FIELDS) {
    const { name, takes, form, read }: Header = HEADERS[field];
    const text = headers[name.toLowerCase()];
    if (text === undefined) continue;
    if (route.saidInHeader !== field)
      throw new Problem(400, 'header.unread', `${name} says nothing at this address; leave it out.`, { field: name });
    if (typeof text !== 'string' || !form.test(text))
      throw new Problem(400, 'header.invalid', `${name} takes ${takes}.`, { field: name });
    const value = read(text);
    if (said === null || typeof said !== 'object' || Array.isArray(said)) continue;
    const held = (said as { readonly [field: string]: unknown })[field];
    if (held !== undefined && held !== value)
      throw new Problem(400, 'header.differs', `${name} and ${field} of the body differ; send one of them.`, { field });
    said = { ...said, [field]: value };
  }
  return said;
}

/** What is refused because somebody was faster, as HTTP has it where the header was the condition: 412 instead of 409. */
export function asConditional(problem: Problem, headers: IncomingHttpHeaders): Problem {
  const isStale = problem.status === 409 && problem.code.endsWith('.changed') && headers['if-match'] !== undefined;
  return isStale ? new Problem(412, problem.code, problem.message) : problem;
}
