/** The keys that facts' bodies are sealed under: made here for entities that have none, and kept as they came from others. */
import type { KeyEnvelope } from '../../../domain/kernel/envelope.ts';
import type { EntityRef, RandomBytes } from '../../../domain/kernel/ids.ts';
import { KEY_BYTES, unwrapKey, wrapKey } from '../../../sealing/cipher.ts';
import type { Connection } from '../file/database.ts';
import type { SiteKey } from '../options.ts';

export interface HeldKey {
  readonly num: number;
  readonly id: string;
  readonly bytes: Uint8Array;
}

export interface EntityKeys {
  /**
   * The key to seal under for an entity: the first that was known of it, for what another site says of it brings keys that its
   * author knows. Made now where there is none that opens.
   */
  readonly keyFor: (ref: EntityRef) => HeldKey;
  /** The number under which this store knows a key, known or only named. */
  readonly numOf: (id: string) => number;
  readonly idOf: (num: number) => string | null;
  readonly bytesOf: (num: number) => Uint8Array | null;
  /** Keeps an envelope; gives the key's number where it can be opened and could not before. */
  readonly put: (envelope: KeyEnvelope) => number | null;
  readonly ofEntity: (ref: EntityRef) => readonly number[];
  /** Destroys every copy of an entity's keys, and any that will come. */
  readonly destroy: (ref: EntityRef) => void;
  readonly isDestroyed: (num: number) => boolean;
  readonly isErased: (ref: EntityRef) => boolean;
  /** Whether anything was ever erased here. */
  readonly anyErased: () => boolean;
  readonly envelopes: (nums: Iterable<number>) => KeyEnvelope[];
  readonly siteKeys: () => readonly SiteKey[];
  /** Also after the site's keys were written: everything may open now. */
  readonly forget: () => void;
}

const CACHE = 20_000;

export function entityKeys(
  db: Connection,
  identity: { readonly org: string; readonly site: string },
  random: RandomBytes,
  /** As the store has them, the current one first; asked again after each {@link EntityKeys.forget}. */
  held: () => readonly SiteKey[],
): EntityKeys {
  let site: readonly SiteKey[] | null = null;
  const siteKeys = (): readonly SiteKey[] => {
    site ??= held();
    return site;
  };
  const opened = new Map<number, Uint8Array | null>();
  const nums = new Map<string, number>();
  const ids = new Map<number, string>();
  let erased: Set<string> | null = null;
  const erasedRefs = (): ReadonlySet<string> => {
    erased ??= new Set(
      db
        .sql('SELECT ref FROM erased')
        .all<{ ref: string }>()
        .map((row) => row.ref),
    );
    return erased;
  };
  const ofEntity = new Map<EntityRef, HeldKey>();
  const forget = (): void => {
    opened.clear();
    nums.clear();
    ids.clear();
    ofEntity.clear();
    siteBytes.clear();
    site = null;
    erased = null;
  };

  const siteBytes = new Map<string, Uint8Array>();
  const bytesOfSite = (id: string): Uint8Array | undefined => {
    const held = siteBytes.get(id);
    if (held) return held;
    const key = siteKeys().find((one) => one.id === id);
    const bytes = key && Buffer.from(key.key, 'base64url');
    if (bytes) siteBytes.set(id, bytes);
    return bytes;
  };
  const unwrap = (envelope: KeyEnvelope): Uint8Array | null => {
    const under = bytesOfSite(envelope.under);
    return under ? unwrapKey(under, envelope) : null;
  };
  const remember = (num: number, bytes: Uint8Array | null): void => {
    if (opened.size > CACHE) opened.clear();
    opened.set(num, bytes);
  };
  const named = (id: string, num: number): number => {
    if (nums.size > CACHE) {
      nums.clear();
      ids.clear();
    }
    nums.set(id, num);
    ids.set(num, id);
    return num;
  };
  const insert = (id: string, entity: string | null, envelope: string | null): number =>
    named(id, db.sql('INSERT INTO key(id, entity, envelope) VALUES(?, ?, ?)').insert(id, entity, envelope));
  const bytesOf = (num: number): Uint8Array | null => {
    const held = opened.get(num);
    if (held !== undefined) return held;
    const row = db.sql('SELECT envelope FROM key WHERE num = ?').get<{ envelope: string | null }>(num);
    const bytes = row?.envelope ? unwrap(JSON.parse(row.envelope) as KeyEnvelope) : null;
    remember(num, bytes);
    return bytes;
  };
  const numOf = (id: string): number => {
    const held = nums.get(id);
    if (held !== undefined) return held;
    const row = db.sql('SELECT num FROM key WHERE id = ?').get<{ num: number }>(id);
    return row ? named(id, row.num) : insert(id, null, null);
  };
  const put = (envelope: KeyEnvelope): number | null => {
    if (envelope.org !== identity.org) return null;
    const known = nums.get(envelope.id);
    if (known !== undefined && opened.get(known)) return null;
    const erased = erasedRefs().has(envelope.entity);
    const sealed = erased ? null : JSON.stringify(envelope);
    const held = db
      .sql('SELECT num, envelope FROM key WHERE id = ?')
      .get<{ num: number; envelope: string | null }>(envelope.id);
    const num = held ? named(envelope.id, held.num) : insert(envelope.id, envelope.entity, sealed);
    if (held) {
      // One that this station cannot open gives way to another copy of the same key.
      if (!erased && held.envelope && bytesOf(num)) return null;
      db.sql('UPDATE key SET entity = ?, envelope = ? WHERE num = ?').run(envelope.entity, sealed, num);
    }
    const bytes = erased ? null : unwrap(envelope);
    remember(num, bytes);
    return bytes ? num : null;
  };

  return {
    keyFor: (ref) => {
      const held = ofEntity.get(ref);
      if (held) return held;
      let found: HeldKey | undefined;
      for (const row of db
        .sql('SELECT num, id FROM key WHERE entity = ? ORDER BY num')
        .all<{ num: number; id: string }>(ref)) {
        const bytes = bytesOf(row.num);
        if (bytes) {
          found = { ...row, bytes };
          break;
        }
      }
      if (!found) {
        const under = siteKeys()[0];
        const underBytes = under && bytesOfSite(under.id);
        if (!underBytes) throw new Error('This station has no key of its site: it has to be enrolled.');
        // A copy of its own: what is drawn lies in a pool of small buffers, all of which a key that is kept would keep with it.
        const bytes = new Uint8Array(random(KEY_BYTES));
        const about = { id: Buffer.from(random(15)).toString('base64url'), entity: ref, ...identity, under: under.id };
        const envelope = wrapKey(underBytes, bytes, about, random);
        const num = insert(envelope.id, ref, erasedRefs().has(ref) ? null : JSON.stringify(envelope));
        remember(num, bytes);
        found = { num, id: envelope.id, bytes };
      }
      if (ofEntity.size > CACHE) ofEntity.clear();
      ofEntity.set(ref, found);
      return found;
    },
    numOf,
    idOf: (num) => {
      const held = ids.get(num);
      if (held !== undefined) return held;
      const row = db.sql('SELECT id FROM key WHERE num = ?').get<{ id: string }>(num);
      if (row) named(row.id, num);
      return row?.id ?? null;
    },
    bytesOf,
    put,
    ofEntity: (ref) =>
      db
        .sql('SELECT num FROM key WHERE entity = ?')
        .all<{ num: number }>(ref)
        .map((row) => row.num),
    destroy: (ref) => {
      db.sql('INSERT INTO erased(ref) VALUES(?) ON CONFLICT DO NOTHING').run(ref);
      db.sql('UPDATE key SET envelope = NULL WHERE entity = ?').run(ref);
      forget();
    },
    isDestroyed: (num) => {
      if (erasedRefs().size === 0) return false;
      const row = db.sql('SELECT entity FROM key WHERE num = ?').get<{ entity: string | null }>(num);
      return row?.entity != null && erasedRefs().has(row.entity);
    },
    isErased: (ref) => erasedRefs().has(ref),
    anyErased: () => erasedRefs().size > 0,
    envelopes: (of) =>
      [...of].flatMap((num) => {
        const row = db.sql('SELECT envelope FROM key WHERE num = ?').get<{ envelope: string | null }>(num);
        return row?.envelope ? [JSON.parse(row.envelope) as KeyEnvelope] : [];
      }),
    siteKeys,
    forget,
  };
}
