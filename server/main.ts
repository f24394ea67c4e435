/**
 * The center as a process. Says `ready {"center":URL}` on its output when it is up, and `"addresses":[URL…]` behind it where it
 * is reached under several; ends in order on SIGINT, SIGTERM, or when the process that started it with a channel is gone. What a
 * center is made of is loaded once its settings are read: a wrong one is told at once.
 */
import { ENDS } from '#domain/kernel/command-line.ts';
import { keepOutOfDumps } from '#sealing/dumps.ts';
import { notClosed } from './kernel/closing.ts';
import { CenterFailure } from './kernel/db/failure.ts';
import { mustNotReportInClear } from './kernel/http/in-clear.ts';
import { networkOf } from './kernel/http/network.ts';
import { openAuthority, openTls } from './kernel/http/tls.ts';
import { readPlaces } from './kernel/security/places.ts';
import { collectorHeaders } from './kernel/telemetry/collector.ts';
import { readSettings } from './settings.ts';

keepOutOfDumps();

function fail(sentence: string, code: number): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

const read = readSettings(process.argv.slice(2), process.env);
if (read.kind === 'usage') {
  process.stdout.write(`${read.text}\n`);
  process.exit(ENDS.done);
}
if (read.kind === 'wrong') fail(read.sentence, ENDS.refused);
const options = read.settings;
// Whoever asks to end it while it is still starting is heard once it has started.
let ended = false;
let end = (): void => {
  ended = true;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end());
process.on('disconnect', () => end());

try {
  const network = {
    publicUrl: process.env.QD_PUBLIC_URL,
    trustedProxies: process.env.QD_TRUSTED_PROXIES,
    corsOrigins: process.env.QD_CORS_ORIGINS,
    closedNetworks: process.env.QD_CLOSED_NETWORKS,
    ssoHosts: process.env.QD_SSO_HOSTS,
  };
  if (options.otlp !== undefined) await mustNotReportInClear(options.otlp, networkOf(network));
  const authority = options.authority === undefined ? null : await openAuthority(options.authority);
  const otlpHeaders = options['otlp-headers'] === undefined ? null : await collectorHeaders(options['otlp-headers']);
  const shownToRedis =
    options['redis-cert'] === undefined || options['redis-key'] === undefined
      ? undefined
      : { cert: options['redis-cert'], key: options['redis-key'] };
  if (shownToRedis) await openTls(shownToRedis, 'QD_REDIS_CERT and QD_REDIS_KEY');
  const endTraces =
    options.otlp === undefined
      ? async (): Promise<void> => undefined
      : (await import('./kernel/telemetry/traces.ts')).sendTraces(options.otlp, authority, otlpHeaders);
  const { masterConfigOf } = await import('./kernel/keys/master-config.ts');
  const { startCenter } = await import('./center.ts');
  const center = await startCenter({
    dataDir: options.data,
    port: options.port,
    host: options.host,
    ...(options['tls-cert'] === undefined || options['tls-key'] === undefined
      ? {}
      : { tls: { cert: options['tls-cert'], key: options['tls-key'] } }),
    ...(authority === null ? {} : { authority }),
    demo: options.demo,
    log: options.log,
    ...(options.redis === undefined ? {} : { redisUrl: options.redis }),
    ...(shownToRedis === undefined ? {} : { shownToRedis }),
    ...(options.limits === undefined ? {} : { limitsScale: options.limits }),
    network,
    ...(options.otlp === undefined ? {} : { otlp: options.otlp }),
    ...(otlpHeaders === null ? {} : { otlpHeaders }),
    ...(options.places === undefined ? {} : { placeOf: await readPlaces(options.places) }),
    ...(options.breached === undefined ? {} : { breachedPasswords: options.breached }),
    masterKey: masterConfigOf(process.env),
    ...(options.checkpoints === undefined ? {} : { checkpoints: options.checkpoints }),
    ...(options.database === undefined ? {} : { databaseUrl: options.database }),
  });
  let stopping = false;
  end = () => {
    if (stopping) return;
    stopping = true;
    Promise.all([center.close(), endTraces()]).then(
      () => process.exit(ENDS.done),
      (error: unknown) => fail(notClosed(error), ENDS.no),
    );
  };
  if (ended) end();
  else {
    const { url, addresses } = center;
    process.stdout.write(`ready ${JSON.stringify({ center: url, ...(addresses.length > 1 ? { addresses } : {}) })}\n`);
  }
} catch (error) {
  if (error instanceof CenterFailure) fail(error.message, ENDS.refused);
  fail(`The center could not start: ${error instanceof Error ? error.name : 'unknown error'}.`, ENDS.no);
}
