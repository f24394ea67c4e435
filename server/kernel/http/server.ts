/** The center's HTTP: every declared route behind the same door. Checks come from the declaration; errors are problems. */
import { Readable } from 'node:stream';
import compress from '@fastify/compress';
import { context } from '@opentelemetry/api';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { type Clock, type RandomBytes, uuidV7 } from '#domain/kernel/ids.ts';
import { refusalOf } from '#domain/kernel/refusal.ts';
import { isKeeperFailure } from '../keys/keeper.ts';
import { spendAddress, spendCaller } from '../limits/at-door.ts';
import type { Budgets } from '../limits/budgets.ts';
import type { CircumstancesOf } from '../organisation/circumstances.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { beginCall, endCall } from '../telemetry/traces.ts';
import { COMPRESSION, sendText } from './compression.ts';
import { type Door, type LetIn, tokenMissing } from './door.ts';
import { addHeaders } from './headers.ts';
import { limitOf, readJsonBodies } from './json-bodies.ts';
import type { Network } from './network.ts';
import type { AnswersTo } from './own-names.ts';
import { type Asked, askedBy } from './permit.ts';
import { Problem, problemBody, problemOf } from './problem.ts';
import { type Delivery, JsonText, type Route } from './route.ts';
import { asConditional, withHeaders } from './said-in-headers.ts';
import { REASON_HEADER, reasonOf } from './scope.ts';
import type { Tls } from './tls.ts';
import { readWhole } from './whole-body.ts';

const BODY_LIMIT = 256 * 1024;
const LONGEST_CLIENT = 200;
const JSON_TYPE = 'application/json; charset=utf-8';
/** Who sends its head letter by letter holds a connection for so long, and no longer. */
const PATIENCE = { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 };
/** What a refused body may still send before the connection is cut, and for how long. */
const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 5_000;

/** What the center knows of a call while it is here: who asks and what they asked for their right, once they are past the door. */
interface Passage {
  readonly call: ReturnType<typeof beginCall>;
  /** As declared; null until a declared route has it. */
  route: string | null;
  caller: LetIn['caller'];
  asked: Asked | null;
  /** How to ask once more who it is, and when that was last known. */
  again: LetIn['again'];
  knownAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null for what came no further than the router. */
    passage: Passage | null;
  }
}

export interface HttpOptions {
  readonly routes: readonly Route[];
  readonly door: Door;
  readonly budgets: Budgets;
  readonly network: Network;
  /** Under which names. */
  readonly isAnswered: AnswersTo;
  readonly circumstancesOf: CircumstancesOf;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Null where the center speaks plain HTTP, to its own machine. */
  readonly tls: Tls | null;
}

export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.logger as never,
    logController: new LogController({ disableRequestLogging: true }),
    // Nothing is logged by way of a request: a logger for each would only be made.
    childLoggerFactory: (logger) => logger,
    genReqId: () => uuidV7(options.clock(), options.random),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 60_000,
    ...(options.tls === null ? { http: PATIENCE } : { https: { ...PATIENCE, ...options.tls } }),
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 512, caseSensitive: true },
    forceCloseConnections: 'idle',
    trustProxy: options.network.trustedProxies.length === 0 ? false : [...options.network.trustedProxies],
  }) as unknown as FastifyInstance;
  app.removeContentTypeParser(['text/plain', 'application/json']);
  await app.register(compress, { ...COMPRESSION, global: false, globalDecompression: false });
  readJsonBodies(app, BODY_LIMIT);

  app.decorateRequest('passage', null);
  app.setErrorHandler(async (error: FastifyError | Problem, request, reply) => {
    const problem = asConditional(problemFrom(error), request.headers);
    if (problem.status === 403) {
      options.logger.warn(
        { request: request.id, route: routeOf(request), ...refusedTo(request.passage?.caller ?? null, problem) },
        'refused',
      );
    }
    if (problem.status >= 500)
      options.logger.error({ request: request.id, route: routeOf(request), err: named(error) }, 'request failed');
    if (problem.status === 413) await drained(request);
    return answer(reply, problem, request.id);
  });
  app.setNotFoundHandler((request, reply) =>
    answer(reply, new Problem(404, 'route.unknown', 'There is nothing at this address.'), request.id),
  );
  addHeaders(app, options.network, options.isAnswered);
  // Everything the call does from here on is done within its span.
  app.addHook('onRequest', (request, _reply, done) => {
    const call = beginCall(request.method, () => routeOf(request), request.headers);
    request.passage = { call, route: null, caller: null, asked: null, again: undefined, knownAt: 0 };
    if (call === null) done();
    else context.with(call.within, done);
  });
  // Its fields are named here, one by one; looking for others to leave out would cost each call more than the line.
  const log = options.logger.child({}, { formatters: { log: (line) => line } });
  app.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    const call = request.passage?.call;
    if (call) endCall(call.span, reply.statusCode);
    const ms = reply.elapsedTime;
    options.metrics.answered(request.method, route, reply.statusCode, ms);
    // The address as declared: one with ids or a query in it could name a person.
    log.info(
      { request: request.id, method: request.method, route, status: reply.statusCode, ms: Math.round(ms) },
      'answered',
    );
    done();
  });
  for (const route of options.routes) if (!route.raw) addRoute(app, route, options);
  await app.register((untouched, _options, ready) => {
    untouched.removeAllContentTypeParsers();
    untouched.addContentTypeParser('*', (request, payload, done) =>
      readWhole(request, payload, limitOf(request, BODY_LIMIT), done),
    );
    for (const route of options.routes) if (route.raw) addRoute(untouched, route, options);
    ready();
  });
  return app;
}

function addRoute(app: FastifyInstance, route: Route, options: HttpOptions): void {
  const url = route.path.replace(/\{(\w+)\}/g, ':$1');
  app.route({
    method: route.method,
    url,
    bodyLimit: route.bodyLimit ?? BODY_LIMIT,
    ...(route.media === undefined ? {} : { compress: COMPRESSION }),
    // Before the body is read: nobody unknown makes the center parse anything.
    onRequest: async (request, reply) => {
      const { passage } = request;
      if (passage === null) throw unseen();
      passage.route = url;
      spendAddress(options.budgets, route, request, reply);
      const { caller, again } = await options.door(route, request, reply);
      spendCaller(options.budgets, route, caller, reply);
      passage.caller = caller;
      passage.again = again;
      passage.knownAt = performance.now();
      passage.asked = await askedBy(caller, route.action, options);
    },
    handler: async (request, reply) => {
      if (request.passage) await stillThere(request.passage, route, options);
      const { caller, asked } = request.passage ?? {};
      if (!asked) throw unseen();
      // No body at all is an empty object; `null` is a value, and none of these.
      const body = withHeaders(route, request.headers, request.body === undefined ? {} : request.body);
      const value = await route.handler({
        caller: caller as never,
        params: checked(route.params, request.params),
        query: checked(route.query, request.query),
        body: route.body ? checked(route.body, body) : undefined,
        request: request.id,
        reason: reasonOf(request.headers[REASON_HEADER]),
        address: request.ip,
        client: request.headers['user-agent']?.slice(0, LONGEST_CLIENT) || null,
        permit: asked.permit,
        delivery: route.raw ? deliveryOf(request) : null,
      } as Parameters<Route['handler']>[0]);
      asked.mustHaveAsked();
      if (route.redirect) return reply.redirect(String(value), 303);
      if (route.media !== undefined) {
        return reply.type(route.media).send(value instanceof Readable ? value : Buffer.from(value as Uint8Array));
      }
      return sendText(reply.type(JSON_TYPE), value instanceof JsonText ? value.text : JSON.stringify(value));
    },
  });
}

/** A body that was longer on its way may have been overtaken by what takes its sender's right away. ms */
const ON_ITS_WAY_MS = 100;

/** Throws Problem where whoever was let in is nobody any more, or may not do it by now. */
async function stillThere(passage: Passage, { action }: Route, options: HttpOptions): Promise<void> {
  if (!passage.again || performance.now() - passage.knownAt < ON_ITS_WAY_MS) return;
  const caller = await passage.again();
  if (caller === null) throw tokenMissing();
  passage.caller = caller;
  passage.asked = await askedBy(caller, action, options);
}

const unseen = (): Error => new Error('a request came by the door unseen');

function deliveryOf(request: FastifyRequest): Delivery {
  const { headersDistinct } = request.raw;
  return {
    header: (name) => {
      const values = headersDistinct[name];
      return values?.length === 1 ? values[0] : undefined;
    },
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    address: request.ip,
  };
}

function checked(schema: z.ZodType | undefined, input: unknown): unknown {
  if (!schema) return input;
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw problemOf(refusalOf(parsed.error));
}

const KNOWN: { readonly [code: string]: readonly [status: number, code: string, message: string] } = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body.large', 'This is more than one call may send; send it in parts.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'body.empty', 'The body is empty; send JSON.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'body.json', 'The body is not JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'body.length', 'The body is not as long as its header says.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'body.type', 'Send JSON, with content-type application/json.'],
  FST_ERR_CTP_INVALID_TYPE: [415, 'body.type', 'Send JSON, with content-type application/json.'],
};

function problemFrom(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error;
  const known = KNOWN[(error as FastifyError).code];
  if (known) return new Problem(...known);
  if (error instanceof SyntaxError) return new Problem(400, 'body.json', 'The body is not JSON.');
  const status = (error as FastifyError).statusCode;
  if (status !== undefined && status >= 400 && status < 500)
    return new Problem(status, 'request.invalid', 'This request cannot be understood.');
  // Of what checks a body by descending into it; the center's own descents end.
  if (error instanceof RangeError && error.message === 'Maximum call stack size exceeded')
    return new Problem(400, 'body.deep', 'This is nested deeper than anything that is taken here.');
  if (isUnstorable(error))
    return new Problem(400, 'text.invalid', 'There is text in this that cannot be kept: a NUL, or half of a letter.');
  if (isKeeperFailure(error))
    return new Problem(
      503,
      'keys.away',
      'The center cannot open what is sealed: the keeper of its master key does not let it. Try again shortly; its operator finds why in the log.',
      { retryAfter: 5 },
    );
  if (isDatabaseAway(error))
    return new Problem(503, 'center.busy', 'The center cannot do this right now; try again shortly.', {
      retryAfter: 1,
    });
  return new Problem(500, 'center.failed', 'Something went wrong at the center; it was noted under this request.');
}

/** SQLSTATE of text with a NUL or half a surrogate pair in it, as a value and in JSON; JSON itself is always made here. */
function isUnstorable(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === '22021' || code === '22P05' || (code === '22P02' && message === 'invalid input syntax for type json');
}

/** Classes 08 (connection), 53 (resources), 57P (shutdown) of SQLSTATE, or no connection at all. */
function isDatabaseAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && (/^(08|53|57P)/.test(code) || /^E(CONN|PIPE|TIMEDOUT)/.test(code))) return true;
  return (
    typeof message === 'string' && /^Connection terminated|^Client has encountered a connection error/.test(message)
  );
}

/** Who was refused what, for the log: by their ids, which name nobody. */
function refusedTo(caller: Passage['caller'], { code, decision }: Problem): object {
  const who =
    caller?.kind === 'user'
      ? { org: caller.org, user: caller.user, session: caller.session, device: caller.station }
      : caller?.kind === 'device'
        ? { org: caller.org, device: caller.station }
        : {};
  const rules = decision?.rules.filter(({ verdict }) => verdict === decision.verdict).map(({ rule }) => rule);
  return { code, ...who, ...(rules ? { rules } : {}) };
}

/** What may be said of an error in a log: never its message, which may carry a value. */
function named(error: unknown): { readonly name: string; readonly code: string; readonly at: string } {
  const { name, code, stack } = error as { name?: string; code?: unknown; stack?: string };
  // As V8 writes them, with a place: a line of a message that begins with "at" is none.
  const frames = (stack ?? '').split('\n').filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
  return { name: name ?? 'Error', code: typeof code === 'string' ? code : '', at: frames.slice(0, 6).join('\n') };
}

/** As declared, with `:id` for `{id}`. Fastify puts together what it knows of the route each time that it is asked. */
function routeOf(request: FastifyRequest): string {
  return request.passage?.route ?? request.routeOptions.url ?? 'unknown';
}

/** RFC 6750, RFC 9449 7.1 and 8: what would have been taken. */
function challengeOf({ code }: Problem): string {
  if (code === 'dpop.nonce') return 'DPoP error="use_dpop_nonce", algs="EdDSA"';
  return code === 'dpop.proof' ? 'DPoP error="invalid_dpop_proof", algs="EdDSA"' : 'Bearer, DPoP algs="EdDSA"';
}

function answer(reply: FastifyReply, problem: Problem, request: string): FastifyReply {
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
  if (problem.status === 401) reply.header('www-authenticate', challengeOf(problem));
  return reply
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem, request)));
}

/** Lets a sender that was refused finish, so that it reads the answer instead of a broken connection. */
function drained(request: FastifyRequest): Promise<void> {
  const { raw } = request;
  if (raw.readableEnded || raw.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let seen = 0;
    const end = (): void => {
      clearTimeout(timer);
      raw.off('data', count);
      resolve();
    };
    const count = (chunk: Buffer): void => {
      seen += chunk.length;
      if (seen > DRAIN_BYTES) end();
    };
    const timer = setTimeout(end, DRAIN_MS);
    raw.on('data', count).once('end', end).once('close', end).once('error', end);
    raw.resume();
  });
}
