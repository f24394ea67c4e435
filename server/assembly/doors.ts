/** The doors of a center over HTTP: who may come in, what is answered there, and by which certificate it is known. */
import type { FastifyInstance } from 'fastify';
import type { Closing } from '../kernel/closing.ts';
import type { Bearers } from '../kernel/http/auth.ts';
import { boundConnections, speaksForMany } from '../kernel/http/connections.ts';
import { makeCsrf } from '../kernel/http/csrf.ts';
import { makeDoor } from '../kernel/http/door.ts';
import { type Dpop, makeDpop, seenHere, seenTogether } from '../kernel/http/dpop.ts';
import { hearOnlyClosed } from '../kernel/http/in-clear.ts';
import type { Network } from '../kernel/http/network.ts';
import { answersTo } from '../kernel/http/own-names.ts';
import { addOwnPage, BUILT_PAGES } from '../kernel/http/pages.ts';
import { policyReportRoutes } from '../kernel/http/policy-reports.ts';
import type { Route } from '../kernel/http/route.ts';
import { createHttp } from '../kernel/http/server.ts';
import { systemRoutes } from '../kernel/http/system-routes.ts';
import { keepRenewed, openTls, type Tls, type TlsServer } from '../kernel/http/tls.ts';
import { inTime } from '../kernel/in-time.ts';
import type { Budgets } from '../kernel/limits/budgets.ts';
import { operatorToken, scraperToken } from '../kernel/operator-token.ts';
import type { CenterContext, CenterPart } from '../kernel/part.ts';
import { watchRoom } from '../kernel/status/room.ts';
import type { Metrics } from '../kernel/telemetry/metrics.ts';
import type { Ground } from './ground.ts';
import type { CenterOptions } from './options.ts';

/** A database that takes longer than this is as good as away: whoever spreads calls over nodes waits no longer to be told. */
const READY_WITHIN_MS = 5_000;

export interface DoorsPorts
  extends Pick<CenterContext, 'db' | 'keys' | 'clock' | 'random' | 'logger' | 'circumstancesOf'> {
  readonly redis: Ground['redis'];
  /** Whose answer says whether facts can be taken. */
  readonly emergency: Pick<Ground['emergency'], 'ping'>;
  readonly network: Network;
  readonly metrics: Metrics;
  readonly bearers: Bearers;
  readonly budgets: Budgets;
  readonly parts: readonly CenterPart[];
}

export interface Doors {
  readonly app: FastifyInstance;
  readonly dpop: Dpop;
  /** The certificate that is shown now, PEM; null in clear. */
  readonly certificate: () => Buffer | null;
  /** From now on a certificate that was renewed is shown as soon as its files are. */
  readonly renewCertificate: () => void;
}

/** They are open once the app listens. */
export async function makeDoors(
  options: Pick<CenterOptions, 'dataDir' | 'host' | 'tls' | 'pages'>,
  ports: DoorsPorts,
  closing: Closing,
): Promise<Doors> {
  const { keys, clock, random, logger, network, metrics, bearers, budgets, circumstancesOf } = ports;
  const routes = routesOf(ports, closing);
  const isOperator = await operatorToken(options.dataDir, random);
  const isScraper = await scraperToken(options.dataDir, random);
  const csrf = makeCsrf(keys.derived('csrf'), random);
  const dpop = proofsOf(ports);
  const door = makeDoor({ bearers, isOperator, isScraper, csrf, dpop, network });
  const tls = options.tls === undefined ? null : await openTls(options.tls);
  let shown = tls;
  const certificate = (): Buffer | null => shown?.cert ?? null;
  const isAnswered = answersTo({ network, host: options.host, certificate });
  const app = await createHttp({
    ...{ tls, routes, door, budgets, network, isAnswered, circumstancesOf, logger, metrics, clock, random },
  });
  addOwnPage(app, options.pages ?? BUILT_PAGES);
  closing.push(() => app.close());
  boundConnections(app.server, speaksForMany(network.trustedProxies));
  if (tls === null) hearOnlyClosed(app.server, network);

  const show = (renewed: Tls): void => {
    (app.server as unknown as TlsServer).setSecureContext(renewed);
    shown = renewed;
  };
  const renewCertificate = (): void => {
    if (options.tls && tls) closing.push(keepRenewed(show, options.tls, tls, logger, metrics.certificateEnds));
  };
  return { app, dpop, certificate, renewCertificate };
}

/** All that a center serves: what is asked of itself, what browsers report, and what its parts are asked. */
function routesOf({ db, emergency, clock, logger, metrics, parts }: DoorsPorts, closing: Closing): readonly Route[] {
  const room = watchRoom(db, logger, (isThere) => metrics.databaseFull(!isThere));
  closing.push(room.stop);
  const unready = (): Promise<'database away' | 'disk full' | null> =>
    inTime(emergency.ping(), READY_WITHIN_MS, 'the database').then(
      () => (room.isThere() ? null : 'disk full'),
      () => 'database away',
    );
  const routes: readonly Route[] = [
    ...systemRoutes(unready, metrics, () => routes),
    ...policyReportRoutes({
      clock,
      counted: metrics.heldToPolicy,
      logged: (violation) => logger.warn({ violation }, 'a page was held to its policy'),
    }),
    ...parts.flatMap((part) => part.routes),
  ];
  return routes;
}

/** What a node has seen alone, nobody else knows, so its nonces are its own. */
function proofsOf({ redis, keys, clock, random, network }: DoorsPorts): Dpop {
  const here = seenHere(clock);
  const proofs = redis
    ? { key: keys.derived('dpop nonce'), seen: seenTogether(redis, here) }
    : { key: random(32), seen: here };
  return makeDpop({ ...proofs, clock, network });
}
