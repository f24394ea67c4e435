/** Seals what was audited into each organisation's hash chain within a second, and signs each seal as a checkpoint. */
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import type { KeyRing } from '../keys/ring.ts';

const EVERY_MS = 500;

/** What the center's key signs: place, number of entries so far, and the chain's hash there. */
export function sealText(org: string, position: number, total: number, hash: Uint8Array): string {
  return `qd.audit.1|${org}|${position}|${total}|${Buffer.from(hash).toString('hex')}`;
}

interface SealRow {
  readonly position: number | null;
  readonly total: number;
  readonly entries: number;
  readonly hash: Buffer;
}

/** A seal that was made: its place in the chain and the chain's hash there. */
export interface Sealed {
  readonly position: number;
  readonly hash: Buffer;
}

/**
 * The furthest seal of each organisation that this center has made since it started. A chain that was cut off behind one of
 * its seals follows on in itself; only who remembers the seals that are gone can tell.
 */
export type SealMemory = Map<string, Sealed>;

async function sealOrganisation(db: Database, keys: KeyRing, org: string, memory: SealMemory): Promise<number> {
  const made = await sealNext(db, keys, org);
  if (!made) return 0;
  if (made.position > (memory.get(org)?.position ?? 0)) memory.set(org, { position: made.position, hash: made.hash });
  return made.entries;
}

function sealNext(db: Database, keys: KeyRing, org: string): Promise<(Sealed & { readonly entries: number }) | null> {
  return db.inOrgClient({ org, actor: 'center' }, async (client) => {
    const { rows } = await client.query<SealRow>('select * from audit.seal_next()');
    const seal = rows[0];
    if (!seal || seal.position === null) return null;
    const { signer } = await keys.centerKeys(org);
    const signature = signer.sign(sealText(org, seal.position, seal.total, seal.hash));
    await client.query('select audit.sign_seal($1, $2, $3)', [seal.position, signer.publicKey, signature]);
    return { position: seal.position, hash: seal.hash, entries: seal.entries };
  });
}

export interface Sealer {
  readonly stop: () => Promise<void>;
}

export function startSealer(
  db: Database,
  keys: KeyRing,
  memory: SealMemory,
  logger: Logger,
  onSealed: (entries: number) => void,
): Sealer {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let sweep = Promise.resolve();
  const once = async (): Promise<void> => {
    try {
      const { rows } = await db.pool.query<{ org: string }>('select org from kernel.organisations() org');
      for (const { org } of rows) {
        if (stopped) return;
        onSealed(await sealOrganisation(db, keys, org, memory));
      }
    } catch (error) {
      // The next sweep takes what this one could not.
      if (!stopped) logger.warn({ code: (error as { code?: string }).code ?? '' }, 'audit could not be sealed');
    }
  };
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      sweep = once().then(next);
    }, EVERY_MS);
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await sweep;
    },
  };
}

/** Whether an organisation's chain holds, and where it first does not. */
export interface Verified {
  readonly sealed: number;
  readonly entries: number;
  /** Position of the first seal that does not hold, null where all do. */
  readonly brokenAt: number | null;
  readonly why: string | null;
}

/** An entry as it is hashed: whole, or as it was written down before it had these columns. */
const TEXT_OF = `(case when $7::int = 1 then to_jsonb(e) - 'device' - 'reason' else to_jsonb(e) end)::text`;

/**
 * The hash that the entries there are now ought to have, as audit.seal_next makes it. Both ends are given, so that each seal
 * reads its own entries and none before them.
 */
const RECKON = `select sha256($2::bytea || coalesce(string_agg(sha256(convert_to(${TEXT_OF}, 'UTF8')), ''::bytea order by e.xid, e.id), ''::bytea)) as hash,
    count(*) as entries
  from audit.entry e
  where e.org = $1 and (e.xid, e.id) > ($3::xid8, $4::bigint) and (e.xid, e.id) <= ($5::xid8, $6::bigint)`;

/** Recomputes every seal of an organisation from its entries. `remembered`: a seal that was made before this is asked. */
export function verifyAudit(
  db: Database,
  org: string,
  signatureHolds: (key: string, text: string, signature: string) => boolean,
  publicKeys: readonly string[],
  remembered: Sealed | undefined,
): Promise<Verified> {
  return db.inOrgClient(
    { org, actor: 'center' },
    async (client) => {
      const { rows } = await client.query<
        SealRow & {
          previous: Buffer;
          to_xid: string;
          to_id: string;
          signed_by: string | null;
          signature: string | null;
          format: number | null;
        }
      >(
        `select position, to_xid::text, to_id::text, total, entries, hash, previous, signed_by, signature, format
          from audit.seal where org = $1 order by position`,
        [org],
      );
      let previous: Buffer = Buffer.alloc(0);
      let total = 0;
      let after = { xid: '0', id: '0' };
      for (const seal of rows) {
        const position = seal.position ?? 0;
        const broken = (why: string): Verified => ({ sealed: rows.length, entries: total, brokenAt: position, why });
        const reckoned = (
          await client.query<{ hash: Buffer; entries: number }>({
            name: 'audit.reckon',
            text: RECKON,
            values: [org, seal.previous, after.xid, after.id, seal.to_xid, seal.to_id, seal.format],
          })
        ).rows[0];
        total += seal.entries;
        if (!seal.previous.equals(previous) || seal.total !== total)
          return broken('it does not follow the seal before it');
        if (!reckoned?.hash.equals(seal.hash) || reckoned.entries !== seal.entries)
          return broken('its entries are not those that were sealed');
        const signed = seal.signed_by !== null && seal.signature !== null && publicKeys.includes(seal.signed_by);
        if (
          !signed ||
          !signatureHolds(seal.signed_by as string, sealText(org, position, total, seal.hash), seal.signature as string)
        ) {
          return broken('its signature is not the center’s');
        }
        if (remembered?.position === position && !remembered.hash.equals(seal.hash))
          return broken('it is another than this center made');
        previous = seal.hash;
        after = { xid: seal.to_xid, id: seal.to_id };
      }
      const end = rows.at(-1)?.position ?? 0;
      if (remembered && remembered.position > end) {
        const why = `it is gone: this center has sealed to position ${remembered.position}`;
        return { sealed: rows.length, entries: total, brokenAt: end + 1, why };
      }
      return { sealed: rows.length, entries: total, brokenAt: null, why: null };
    },
    'moment',
  );
}
