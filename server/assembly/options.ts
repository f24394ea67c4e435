/** What a center is told as it is started. */
import type { Logger } from 'pino';
import type { NetworkSettings } from '../kernel/http/network.ts';
import type { TlsFiles } from '../kernel/http/tls.ts';
import type { MasterConfig } from '../kernel/keys/master-config.ts';
import type { LogLevel } from '../kernel/log.ts';
import type { PlaceOf } from '../kernel/security/places.ts';
import type { CollectorHeaders } from '../kernel/telemetry/collector.ts';
import type { WebhookOptions } from '../modules/webhooks/part.ts';

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
