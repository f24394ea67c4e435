/** Seals what was audited into each organisation's hash chain within a second, and signs each seal as a checkpoint. */
import type { Logger } from 'pino';
import type { Signer } from '#sealing/signing.ts';
import type { Database } from '../db/database.ts';
import type { KeyRing } from '../keys/ring.ts';
import { forEachOrganisation } from '../organisation/each.ts';
import type { Checkpoint, Checkpoints } from './checkpoints.ts';

/** ms */
const EVERY_MS = 500;

/** What the center's key signs: place, number of entries so far, and the chain's hash there (hex). */
export function sealText(org: string, position: number, total: number, hash: string): string {
  return `qd.audit.1|${org}|${position}|${total}|${hash}`;
}

/**
 * The furthest seal of each organisation that this center has made since it started. A chain that was cut off behind one of
 * its seals follows on in itself; only who remembers the seals that are gone can tell, and the checkpoints are some seconds
 * behind.
 */
export type SealMemory = Map<string, Checkpoint>;

function sealNext(
  db: Database,
  org: string,
  signerOf: () => Promise<Signer>,
): Promise<{ readonly seal: Checkpoint; readonly entries: number } | null> {
  return db.inOrgClient({ org, actor: 'center' }, async (client) => {
    const { rows } = await client.query<{
      position: number | null;
      total: number;
      entries: number;
      hash: Buffer;
      at: number;
    }>('select * from audit.seal_next()');
    const made = rows[0];
    if (!made || made.position === null) return null;
    const { position, total, entries, at } = made;
    const signer = await signerOf();
    const hash = made.hash.toString('hex');
    const sig = signer.sign(sealText(org, position, total, hash));
    await client.query('select audit.sign_seal($1, $2, $3)', [position, signer.publicKey, sig]);
    return { seal: { org, position, total, hash, at, key: signer.publicKey, sig }, entries };
  });
}

export interface SealerPorts {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly memory: SealMemory;
  readonly checkpoints: Checkpoints;
  readonly logger: Logger;
  readonly onSealed: (entries: number) => void;
  /** How often what was audited since is sealed, ms; twice a second unless said otherwise. */
  readonly everyMs?: number;
}

export interface Sealer {
  /** Seals what is to be sealed of an organisation by now, signed by `signer`, and notes the checkpoint. */
  readonly sealNow: (org: string, signer: Signer) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export function startSealer({
  db,
  keys,
  memory,
  checkpoints,
  logger,
  onSealed,
  everyMs = EVERY_MS,
}: SealerPorts): Sealer {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let sweep = Promise.resolve();
  const once = async (): Promise<void> => {
    const sealed: Checkpoint[] = [];
    // The next sweep takes what this one could not.
    await forEachOrganisation(
      db,
      () => stopped,
      async (org) => {
        const seal = await sealOne(org, async () => (await keys.centerKeys(org)).signer);
        if (seal) sealed.push(seal);
      },
      (of) => logger.warn(of, 'audit could not be sealed'),
    );
    await noted(sealed, stopped);
  };
  const sealOne = async (org: string, signerOf: () => Promise<Signer>): Promise<Checkpoint | null> => {
    const made = await sealNext(db, org, signerOf);
    if (!made) return null;
    const before = memory.get(org);
    // The end was cut off: what was there is noted outside before this chain grows past its place, and it is remembered no more.
    if (before && made.seal.position <= before.position) await noted([before], true);
    else memory.set(org, made.seal);
    onSealed(made.entries);
    return made.seal;
  };
  const noted = (seals: readonly Checkpoint[], all: boolean): Promise<void> =>
    checkpoints
      .note(seals, all)
      .catch((error: unknown) =>
        logger.error({ code: codeOf(error) }, 'checkpoints of the audit could not be written'),
      );
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      sweep = once().then(next);
    }, everyMs);
  };
  next();
  return {
    sealNow: async (org, signer) => {
      const seal = await sealOne(org, async () => signer);
      if (seal) await noted([seal], true);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await sweep;
      await noted([], true);
    },
  };
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? '';
}
