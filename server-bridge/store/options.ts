import type { EffectsOf } from '../../domain/kernel/fold.ts';
import type { Clock, RandomBytes } from '../../domain/kernel/ids.ts';
import type { Tuning } from './file/database.ts';
import type { StationIdentity } from './store.ts';

export interface SiteKey {
  readonly id: string;
  /** base64url of 32 bytes. */
  readonly key: string;
}

/** What a store needs of the world. Clock and randomness are given, so a simulated station runs this very code. */
export interface StoreOptions {
  /** The raw 256-bit key of the file. */
  readonly key: Uint8Array | null;
  /** Leaves the file unencrypted. For stores in memory, and for tests of what encryption hides. */
  readonly plain?: boolean;
  /** PKCS #8 of the device's signing key, base64url. One that an enrolment after the first gave is in the store, and counts. */
  readonly deviceKey: string;
  /** From the enrolment. Kept in the store, so it may be left out when it is opened again. */
  readonly identity?: StationIdentity;
  /** Keys of the site from its enrolment, the current one first. Kept in the store, so they may be left out later. */
  readonly siteKeys?: readonly SiteKey[];
  readonly effectsOf: EffectsOf;
  /** `type@v` this build reads, announced when a log is opened. */
  readonly reads?: readonly string[];
  readonly build?: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Raised when the rules of folding change: what was folded by another version is folded again. */
  readonly foldVersion?: number;
  /** How long closed entities stay in memory after they were last touched. ms */
  readonly keepMs?: number;
  readonly tuning?: Partial<Tuning>;
  /** Called after every commit, with the store in the state that was committed (simulated disks copy it here). */
  readonly onCommit?: () => void;
  /** Called before each statement that writes, each commit and each copying back of the log of writes: what it throws the disk refused it with (simulated disks are full there). */
  readonly onWrite?: () => void;
}
