/**
 * What every answer says to a browser: what it may do with it, and whether another site's page may read it. And first of all, that a
 * request is for one host.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SECURITY_HEADERS } from '#domain/bridge/page.ts';
import { type Network, namesOneHost } from './network.ts';
import type { AnswersTo } from './own-names.ts';
import { Problem } from './problem.ts';

/** An answer of the API is no page: nothing in it is run, shown or framed. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const SENT = { ...SECURITY_HEADERS, 'content-security-policy': API_POLICY };
/** What probes and Prometheus ask goes to the node itself, by whatever name their own network has for it. */
const OF_THE_NODE: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);
const ONE_YEAR_S = 31_536_000;
const ALLOWED_HEADERS = 'authorization, content-type, content-encoding, dpop, qd-reason';
const SHOWN_HEADERS = 'dpop-nonce, retry-after, ratelimit, ratelimit-policy, www-authenticate';

/** Closed to other origins but for those that the operator lists, and for those without cookies: they bring a token of their own. */
export function addHeaders(app: FastifyInstance, network: Network, isAnswered: AnswersTo): void {
  const listed = (request: FastifyRequest): string | null => {
    const { origin } = request.headers;
    return origin !== undefined && network.corsOrigins.includes(origin) ? origin : null;
  };
  const open = (reply: FastifyReply, origin: string): FastifyReply =>
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', SHOWN_HEADERS);

  const addVary = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.header('vary', [reply.getHeader('vary'), 'origin'].filter((value) => value !== undefined).join(', '));
    const origin = listed(request);
    if (origin !== null) open(reply, origin).header('cross-origin-resource-policy', 'cross-origin');
  };
  // First of all, so that whoever answers may say otherwise.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SENT);
    if (request.protocol === 'https') reply.header('strict-transport-security', `max-age=${ONE_YEAR_S}`);
    const { url = '', rawHeaders } = request.raw;
    if (namesOneHost(url, rawHeaders)) {
      // HTTP/1.0 may leave it out, and then names no other.
      const { host } = request;
      if (!host || OF_THE_NODE.has(url.split('?')[0] ?? '') || isAnswered(host)) done();
      else
        done(
          new Problem(
            421,
            'host.unknown',
            'This center is not known by that name; ask at its own address. Its operator names it in QD_PUBLIC_URL.',
          ),
        );
    } else done(new Problem(400, 'request.host', 'Name one host, in the Host header alone.'));
  });
  if (network.corsOrigins.length > 0) {
    app.addHook('onSend', (request, reply, _payload, done) => {
      addVary(request, reply);
      done();
    });
  }
  app.options('/v1/*', (request, reply) => {
    const origin = listed(request);
    if (origin === null) throw new Problem(403, 'origin.closed', 'Pages of other sites may not call this center.');
    return open(reply, origin)
      .header('access-control-allow-methods', 'GET, POST, PUT, DELETE')
      .header('access-control-allow-headers', ALLOWED_HEADERS)
      .header('access-control-max-age', '600')
      .status(204)
      .send();
  });
}
