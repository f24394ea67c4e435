/** The center, put together from its parts. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { FACT_CONTESTED } from '#domain/kernel/fold.ts';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { LIVE_PATH } from '#domain/wire/sync.ts';
import { systemRandom } from '#sealing/random.ts';
import { openCheckpoints } from './kernel/audit/checkpoints.ts';
import { auditRetention } from './kernel/audit/retention.ts';
import { type SealMemory, startSealer } from './kernel/audit/sealer.ts';
import { type Bus, openBus, type Word } from './kernel/bus/bus.ts';
import { undoAll } from './kernel/closing.ts';
import { logsParameters } from './kernel/db/application-role.ts';
import { CenterFailure } from './kernel/db/failure.ts';
import { cachedBearers } from './kernel/http/cached-bearers.ts';
import { boundConnections, speaksForMany } from './kernel/http/connections.ts';
import { makeCsrf } from './kernel/http/csrf.ts';
import { makeDoor } from './kernel/http/door.ts';
import { makeDpop, seenHere, seenTogether } from './kernel/http/dpop.ts';
import {
  hearOnlyClosed,
  isThisMachine,
  mustNotReportInClear,
  mustNotServeInClear,
  mustNotShareInClear,
} from './kernel/http/in-clear.ts';
import { listenAt } from './kernel/http/listen.ts';
import { type Network, type NetworkSettings, networkOf } from './kernel/http/network.ts';
import { outboundTo, WELL_KNOWN } from './kernel/http/outbound.ts';
import { answersTo } from './kernel/http/own-names.ts';
import { addOwnPage, BUILT_PAGES } from './kernel/http/pages.ts';
import { policyReportRoutes } from './kernel/http/policy-reports.ts';
import type { Route } from './kernel/http/route.ts';
import { createHttp } from './kernel/http/server.ts';
import { systemRoutes } from './kernel/http/system-routes.ts';
import { keepRenewed, openTls, type Tls, type TlsFiles, type TlsServer } from './kernel/http/tls.ts';
import { makeBearers } from './kernel/identity/bearers.ts';
import { hearTold } from './kernel/identity/notices/told.ts';
import { identityPorts } from './kernel/identity/part.ts';
import { NONE_KNOWN, openBreached } from './kernel/identity/passwords/breached.ts';
import { hearWithdrawn } from './kernel/identity/sessions/withdrawn.ts';
import { startFoldingUnread } from './kernel/intake/after-update.ts';
import { pgLog } from './kernel/intake/pg/log.ts';
import { withSharedKeys } from './kernel/intake/shared-keys.ts';
import { startVerifiers } from './kernel/intake/verifiers.ts';
import { callbackIndex } from './kernel/keys/callback-index.ts';
import type { MasterConfig } from './kernel/keys/master-config.ts';
import { pgKeyRing } from './kernel/keys/pg-ring.ts';
import { loadQuickSigning } from './kernel/keys/quick-signing.ts';
import { makeBudgets } from './kernel/limits/budgets.ts';
import { makeCounters } from './kernel/limits/counters.ts';
import { createLive, type Live } from './kernel/live/live.ts';
import { createLogger, type LogLevel } from './kernel/log.ts';
import { operatorToken, scraperToken } from './kernel/operator-token.ts';
import { circumstancesFrom } from './kernel/organisation/circumstances.ts';
import { startDaily } from './kernel/organisation/daily.ts';
import type { CenterContext } from './kernel/part.ts';
import { openRedis } from './kernel/redis.ts';
import { startDetectors } from './kernel/security/detectors.ts';
import { NOWHERE_KNOWN, type PlaceOf } from './kernel/security/places.ts';
import { gaugesOf } from './kernel/status/gauges.ts';
import { watchRoom } from './kernel/status/room.ts';
import { openStorage } from './kernel/storage.ts';
import type { CollectorHeaders } from './kernel/telemetry/collector.ts';
import { createMetrics } from './kernel/telemetry/metrics.ts';
import { databaseNow, newestSeal } from './kernel/time/evidence.ts';
import { watchTime } from './kernel/time/leap.ts';
import type { WebhookOptions } from './modules/webhooks/part.ts';
import { partsOf } from './parts.ts';

export interface CenterOptions {
  readonly dataDir: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly host: string;
  /** Its own certificate and key. Without them it serves its own machine alone. */
  readonly tls?: TlsFiles;
  /** PEM of the authority by whose word alone Redis and the collector are taken; those that the system knows without it. */
  readonly authority?: string;
  /** The migrator's connection string; without it the center runs a PostgreSQL of its own in the data folder. */
  readonly databaseUrl?: string;
  /** Where the master key is; a file in the data folder unless said otherwise. */
  readonly masterKey?: MasterConfig;
  /** Where checkpoints of the audit are kept outside of the database; `checkpoints` in the data folder unless said otherwise. */
  readonly checkpoints?: string;
  /** Makes the demo organisation. Refuses any host but loopback. */
  readonly demo?: boolean;
  readonly webhooks?: WebhookOptions;
  readonly network?: NetworkSettings;
  /** Shared by the nodes of a center of several: limits, proofs, the live channel. */
  readonly redisUrl?: string;
  /** The certificate by which Redis knows the center, where it asks for one. */
  readonly shownToRedis?: TlsFiles;
  /** Multiplies the budgets of calls; 1. */
  readonly limitsScale?: number;
  /** How often what was audited since is sealed, ms; twice a second unless said otherwise. */
  readonly sealEveryMs?: number;
  /** Folder of the center's own page, built; where `npm run build` puts it unless said otherwise. */
  readonly pages?: string;
  /** Base address of an OTLP/HTTP collector. */
  readonly otlp?: string;
  /** How the collector is shown who sends; nobody where it is left out. */
  readonly otlpHeaders?: CollectorHeaders;
  /** A list of leaked passwords, ordered by their SHA-1; none is known to have leaked where it is left out. */
  readonly breachedPasswords?: string;
  /** Where addresses are; nobody's place is known where it is left out. */
  readonly placeOf?: PlaceOf;
  readonly log?: LogLevel | Logger;
}

export interface Center {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Of the database, for facts and for who brings them. An organisation may have two steps in hand: one written, one worked out. */
const EMERGENCY_CONNECTIONS = 6;
/** For keys. A step asks for one while it holds a connection of its own, so they are not of the same. */
const KEY_CONNECTIONS = 3;
/** Live channels that one address may open in a minute: 500 consoles that come back at once try each second. */
const MOST_CHANNELS = 30_000;

/** Starts a center. Throws CenterFailure with one sentence for its operator where it cannot. */
export async function startCenter(options: CenterOptions): Promise<Center> {
  if (options.demo && !isThisMachine(options.host)) {
    throw new CenterFailure(
      'demo.exposed',
      `The demo has passwords that everyone knows and serves loopback alone; leave out --host ${options.host}, or leave out --demo.`,
    );
  }
  const network = networkOf(options.network);
  mustNotServeInClear(options.host, options.tls, network);
  if (options.redisUrl !== undefined) await mustNotShareInClear(options.redisUrl, network);
  if (options.otlp !== undefined) await mustNotReportInClear(options.otlp, network);
  await loadQuickSigning();
  const logger = typeof options.log === 'object' ? options.log : createLogger(options.log ?? 'warn');
  const storage = await openStorage(options.dataDir, options.databaseUrl, options.masterKey, network);
  // In the order they are to be undone, last first.
  const closing: (() => Promise<void>)[] = [storage.close];
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= undoAll(closing);
    return closed;
  };
  try {
    return { url: await assemble(options, network, logger, storage, closing), close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function assemble(
  options: CenterOptions,
  network: Network,
  logger: Logger,
  { db, masters, secret }: Awaited<ReturnType<typeof openStorage>>,
  closing: (() => Promise<void>)[],
): Promise<string> {
  if (await logsParameters(db))
    logger.warn('PostgreSQL writes what statements carry into its log: set log_parameter_max_length = 0 for it');
  const world = { clock: Date.now, random: systemRandom() };
  // Facts never wait for a connection that something else holds, nor do the keys that they are opened with.
  const emergency = db.reserve(EMERGENCY_CONNECTIONS);
  closing.push(emergency.close);
  const forKeys = db.reserve(KEY_CONNECTIONS);
  closing.push(forKeys.close);
  const keys = pgKeyRing(forKeys, masters, { ...world, secret });
  const redis =
    options.redisUrl === undefined
      ? null
      : openRedis(options.redisUrl, options.authority ?? null, options.shownToRedis);
  if (redis) closing.push(async () => redis.disconnect());
  const log = withSharedKeys(pgLog(emergency, { keys, ...world }), keys, world.random);
  const metrics = createMetrics(
    options.otlp ?? null,
    gaugesOf(db),
    options.authority ?? null,
    options.otlpHeaders ?? null,
  );
  closing.push(metrics.stop);
  const time = await watchTime({
    file: join(options.dataDir, 'clock.json'),
    newest: () => newestSeal(db),
    databaseNow: () => databaseNow(db),
    ...{ clock: world.clock, elapsed: () => performance.now(), logger, changed: metrics.clockLeapt },
  });
  closing.push(time.stop);
  const circumstancesOf = circumstancesFrom(db, world.clock);
  const counters = makeCounters({
    ...{ redis, pool: emergency.pool, clock: world.clock },
    onAway: (away) => {
      metrics.limitsAlone(away);
      if (away) {
        logger.warn('the store of the limits is away: this node counts for itself until it is back');
      } else logger.info('the store of the limits is back');
    },
  });
  const budgets = makeBudgets(counters, world.clock, options.limitsScale);
  closing.push(budgets.stop);
  let announce: Pick<Live, 'rosterChanged'> | null = null;
  let served = '';
  const context: CenterContext = {
    db,
    keys,
    log,
    ...world,
    circumstancesOf,
    counters,
    logger,
    dataDir: options.dataDir,
    demo: options.demo ?? false,
    eventRaised: metrics.securityEvent,
    rosterChanged: (org, site) => announce?.rosterChanged(org, site),
    publicUrl: () => network.publicOrigins[0] ?? `http://localhost:${new URL(served).port}`,
    sessionsEnded: () => bearers.forget(),
    sessionChanged: () => bearers.forget(),
  };

  const breached = options.breachedPasswords === undefined ? NONE_KNOWN : await openBreached(options.breachedPasswords);
  closing.push(breached.close);
  const ports = identityPorts(context, breached);
  // People are looked up over the connections that everything else uses, so that however many ask, no workstation waits for them.
  const { deviceOf, stands } = makeBearers({ ...ports, db: emergency });
  const bearers = cachedBearers({ ...makeBearers(ports), deviceOf, stands }, world.clock);
  const verifiers = startVerifiers();
  closing.push(verifiers.stop);
  const callbacks = callbackIndex(db, keys, logger);
  const seals: SealMemory = new Map();
  const checkpoints = await openCheckpoints(options.checkpoints ?? join(options.dataDir, 'checkpoints'), world.clock);
  // A provider on this machine is for the demo, and for trying it out.
  const outbound = outboundTo([...WELL_KNOWN, ...network.ssoHosts], context.demo);
  closing.push(outbound.close);
  const parts = partsOf(context, {
    ...{ ports, emergency, masters, callbacks, seals, checkpoints, outbound },
    verify: verifiers.verify,
    sealNow: (org, signer) => sealer.sealNow(org, signer),
    time,
    webhooks: { ...options.webhooks, onOutcome: metrics.webhook },
  });

  const room = watchRoom(db, logger, (isThere) => metrics.databaseFull(!isThere));
  closing.push(room.stop);
  const unready = (): Promise<'database away' | 'disk full' | null> =>
    db.ping().then(
      () => (room.isThere() ? null : 'disk full'),
      () => 'database away',
    );
  const routes: readonly Route[] = [
    ...systemRoutes(unready, metrics, () => routes),
    ...policyReportRoutes({
      clock: world.clock,
      counted: metrics.heldToPolicy,
      logged: (violation) => logger.warn({ violation }, 'a page was held to its policy'),
    }),
    ...parts.flatMap((part) => part.routes),
  ];
  const isOperator = await operatorToken(options.dataDir, world.random);
  const isScraper = await scraperToken(options.dataDir, world.random);
  const csrf = makeCsrf(keys.derived('csrf'), world.random);
  // What a node has seen alone, nobody else knows, so its nonces are its own.
  const here = seenHere(world.clock);
  const proofs = redis
    ? { key: keys.derived('dpop nonce'), seen: seenTogether(redis, here) }
    : { key: world.random(32), seen: here };
  const dpop = makeDpop({ ...proofs, clock: world.clock, network });
  const door = makeDoor({ bearers, isOperator, isScraper, csrf, dpop, network });
  const tls = options.tls === undefined ? null : await openTls(options.tls);
  let shown = tls;
  const app = await createHttp({
    tls,
    routes,
    door,
    budgets,
    network,
    isAnswered: answersTo({ network, host: options.host, certificate: () => shown?.cert ?? null }),
    circumstancesOf,
    logger,
    metrics,
    ...world,
  });
  addOwnPage(app, options.pages ?? BUILT_PAGES);
  closing.push(() => app.close());
  const speaksFor = speaksForMany(network.trustedProxies);
  boundConnections(app.server, speaksFor);
  if (tls === null) hearOnlyClosed(app.server, network);
  let bus: Bus | null = null;
  const live = createLive(app.server, {
    ...{ bearers, dpop, onCount: metrics.stations },
    mayOpen: (address) =>
      (network.trustedProxies.length > 0 && speaksFor(address)) ||
      budgets.spendOwn(LIVE_PATH, MOST_CHANNELS, address)?.spent !== true,
    tell: (word) => bus?.tell(word),
    pageOf: async (org, site, after, count) => {
      const { items, keys: envelopes } = await log.read(org, site, after, count);
      const [epoch, head] = [await log.epoch(org), await log.streamHead(org, site)];
      return { epoch, from: after, items: [...items], keys: [...envelopes], head };
    },
  });
  closing.push(live.close);
  // A center with a PostgreSQL of its own is the only one on it.
  if (options.databaseUrl !== undefined) {
    const onWord = (word: Word): void => void live.hear(word).catch(() => undefined);
    bus = await openBus({
      redis,
      db: emergency,
      node: uuidV7(world.clock(), world.random),
      clock: world.clock,
      onWord,
    });
    closing.push(bus.stop);
  }
  announce = live;
  closing.push(
    hearWithdrawn(db, (of) => {
      bearers.forget();
      if (of === null) live.review().catch(() => undefined);
      else if ('session' in of) live.sessionEnded(of.org, of);
      else live.drop(of.org, of.station);
    }),
  );
  closing.push(hearTold(db, live.told));
  log.onCommit((change) => {
    live.committed(change);
    metrics.taken(change.facts.length, change.facts.filter((fact) => fact.type === FACT_CONTESTED).length);
    for (const part of parts) part.committed?.(change);
  });

  const sealer = startSealer({
    ...{ db, keys, memory: seals, checkpoints, logger, onSealed: metrics.sealed },
    ...(options.sealEveryMs === undefined ? {} : { everyMs: options.sealEveryMs }),
  });
  const chores = [auditRetention(db, keys), ...parts.flatMap(({ daily = [] }) => daily)];
  closing.push(sealer.stop, startDaily(db, chores, logger, time.objection), startFoldingUnread(db, log, logger));
  const { placeOf = NOWHERE_KNOWN } = options;
  closing.push(startDetectors({ db, ...world, logger, placeOf, eventRaised: metrics.securityEvent }));
  for (const part of parts) {
    const stop = await part.start?.();
    if (stop) closing.push(stop);
  }
  if (options.tls && tls) {
    const show = (renewed: Tls): void => {
      (app.server as unknown as TlsServer).setSecureContext(renewed);
      shown = renewed;
    };
    closing.push(keepRenewed(show, options.tls, tls, logger, metrics.certificateEnds));
  }
  served = await listenAt(app, options);
  return served;
}
