/** The center, put together from its parts. */
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { FACT_CONTESTED } from '#domain/kernel/fold.ts';
import { openChannel } from './assembly/channel.ts';
import { startChores } from './assembly/chores.ts';
import { makeDoors } from './assembly/doors.ts';
import { groundOf } from './assembly/ground.ts';
import { limitsOf } from './assembly/limits.ts';
import type { CenterOptions } from './assembly/options.ts';
import { openCheckpoints } from './kernel/audit/checkpoints.ts';
import type { SealMemory } from './kernel/audit/sealer.ts';
import { type Closing, undoAll } from './kernel/closing.ts';
import { logsParameters } from './kernel/db/application-role.ts';
import { CenterFailure } from './kernel/db/failure.ts';
import { cachedBearers } from './kernel/http/cached-bearers.ts';
import {
  isThisMachine,
  mustNotReportInClear,
  mustNotServeInClear,
  mustNotShareInClear,
} from './kernel/http/in-clear.ts';
import { listenAt } from './kernel/http/listen.ts';
import { type Network, networkOf } from './kernel/http/network.ts';
import { outboundTo, WELL_KNOWN } from './kernel/http/outbound.ts';
import { type Addresses, reachedAt } from './kernel/http/reached-at.ts';
import { makeBearers } from './kernel/identity/bearers.ts';
import { identityPorts } from './kernel/identity/part.ts';
import { NONE_KNOWN, openBreached } from './kernel/identity/passwords/breached.ts';
import { startVerifiers } from './kernel/intake/verifiers.ts';
import { callbackIndex } from './kernel/keys/callback-index.ts';
import { loadQuickSigning } from './kernel/keys/quick-signing.ts';
import type { Live } from './kernel/live/live.ts';
import { createLogger } from './kernel/log.ts';
import { circumstancesFrom } from './kernel/organisation/circumstances.ts';
import type { CenterContext } from './kernel/part.ts';
import { gaugesOf } from './kernel/status/gauges.ts';
import { openStorage, type Storage } from './kernel/storage.ts';
import { createMetrics } from './kernel/telemetry/metrics.ts';
import { databaseNow, newestSeal } from './kernel/time/evidence.ts';
import { watchTime } from './kernel/time/leap.ts';
import { partsOf } from './parts.ts';

export interface Center {
  /** Where it is opened. */
  readonly url: string;
  /** All of its addresses, {@link url} first. */
  readonly addresses: Addresses;
  readonly close: () => Promise<void>;
}

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
  const closing: Closing = [storage.close];
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= undoAll(closing);
    return closed;
  };
  try {
    const addresses = await assemble(options, network, logger, storage, closing);
    return { url: addresses[0], addresses, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function assemble(
  options: CenterOptions,
  network: Network,
  logger: Logger,
  storage: Storage,
  closing: Closing,
): Promise<Addresses> {
  const { db, masters } = storage;
  const { dataDir, authority = null } = options;
  if (await logsParameters(db))
    logger.warn('PostgreSQL writes what statements carry into its log: set log_parameter_max_length = 0 for it');
  const ground = groundOf(options, storage, closing);
  const { clock, random, emergency, keys, log } = ground;
  const metrics = createMetrics(options.otlp ?? null, gaugesOf(db), authority, options.otlpHeaders ?? null);
  closing.push(metrics.stop);
  const time = await watchTime({
    file: join(dataDir, 'clock.json'),
    newest: () => newestSeal(db),
    databaseNow: () => databaseNow(db),
    ...{ clock, elapsed: () => performance.now(), logger, changed: metrics.clockLeapt },
  });
  closing.push(time.stop);
  const { counters, budgets } = limitsOf(ground, metrics, logger, options.limitsScale, closing);
  let live: Pick<Live, 'rosterChanged'> | null = null;
  let port = 0;
  const context: CenterContext = {
    ...{ db, keys, log, clock, random, counters, logger, dataDir },
    circumstancesOf: circumstancesFrom(db, clock),
    demo: options.demo ?? false,
    eventRaised: metrics.securityEvent,
    rosterChanged: (org, site) => live?.rosterChanged(org, site),
    publicUrl: () => network.publicOrigins[0] ?? `http://localhost:${port}`,
    sessionsEnded: () => bearers.forget(),
    sessionChanged: () => bearers.forget(),
  };

  const breached = options.breachedPasswords === undefined ? NONE_KNOWN : await openBreached(options.breachedPasswords);
  closing.push(breached.close);
  const ports = identityPorts(context, breached);
  // People are looked up over the connections that everything else uses, so that however many ask, no workstation waits for them.
  const { deviceOf, stands } = makeBearers({ ...ports, db: emergency });
  const bearers = cachedBearers({ ...makeBearers(ports), deviceOf, stands }, clock);
  const verifiers = startVerifiers();
  closing.push(verifiers.stop);
  const callbacks = callbackIndex(db, keys, logger);
  const seals: SealMemory = new Map();
  const checkpoints = await openCheckpoints(options.checkpoints ?? join(dataDir, 'checkpoints'), clock);
  // A provider on this machine is for the demo, and for trying it out.
  const outbound = outboundTo([...WELL_KNOWN, ...network.ssoHosts], context.demo);
  closing.push(outbound.close);
  const parts = partsOf(context, {
    ...{ ports, emergency, masters, callbacks, seals, checkpoints, outbound, time },
    verify: verifiers.verify,
    sealNow: (org, signer) => sealer.sealNow(org, signer),
    webhooks: { ...options.webhooks, onOutcome: metrics.webhook },
  });

  const ofDoors = { ...context, redis: ground.redis, emergency, network, metrics, bearers, budgets, parts };
  const { app, dpop, certificate, renewCertificate } = await makeDoors(options, ofDoors, closing);
  // A center with a PostgreSQL of its own is the only one on it.
  const hasOthers = options.databaseUrl !== undefined;
  const channel = await openChannel(
    app.server,
    { ...ground, bearers, budgets, dpop, metrics, network, hasOthers },
    closing,
  );
  live = channel;
  log.onCommit((change) => {
    channel.committed(change);
    metrics.taken(change.facts.length, change.facts.filter((fact) => fact.type === FACT_CONTESTED).length);
    for (const part of parts) part.committed?.(change);
  });

  const sealer = startChores(options, { ...ground, seals, checkpoints, parts, time, metrics, logger }, closing);
  for (const part of parts) {
    const stop = await part.start?.();
    if (stop) closing.push(stop);
  }
  renewCertificate();
  port = await listenAt(app, options);
  const machine = Object.values(networkInterfaces()).flatMap((of) => (of ?? []).map(({ address }) => address));
  return reachedAt({ host: options.host, port, certificate: certificate(), network }, machine);
}
