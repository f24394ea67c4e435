/** The keys that facts' bodies are sealed under: made here for entities that have none, and kept as they came from others. */
import type { KeyEnvelope } from '../../domain/kernel/envelope.ts';
import type { EntityRef, RandomBytes } from '../../domain/kernel/ids.ts';
import { KEY_BYTES, unwrapKey, wrapKey } from '../../sealing/cipher.ts';
import type { Connection } from './database.ts';
import type { SiteKey } from './options.ts';

export interface HeldKey {
  readonly num: number;
  readonly id: string;
  readonly bytes: Uint8Array;
}

export interface EntityKeys {
  /** The key to seal under for an entity; made now where there is none that opens. */
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
  readonly envelopes: (nums: Iterable<number>) => KeyEnvelope[];
  readonly siteKeys: () => readonly SiteKey[];
  /** After the site's keys changed: everything may open now. */
  readonly setSiteKeys: (keys: readonly SiteKey[]) => void;
  readonly forget: () => void;
}

const CACHE = 20_000;

export function entityKeys(
  db: Connection,
  identity: { readonly org: string; readonly site: string },
  random: RandomBytes,
  initial: readonly SiteKey[],
): EntityKeys {
  let site = initial;
  const opened = new Map<number, Uint8Array | null>();
  const nums = new Map<string, number>();
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
    ofEntity.clear();
    erased = null;
  };

  const unwrap = (envelope: KeyEnvelope): Uint8Array | null => {
    const under = site.find((key) => key.id === envelope.under);
    return under ? unwrapKey(Buffer.from(under.key, 'base64url'), envelope) : null;
  };
  const bytesOf = (num: number): Uint8Array | null => {
    const held = opened.get(num);
    if (held !== undefined) return held;
    const row = db.sql('SELECT envelope FROM key WHERE num = ?').get<{ envelope: string | null }>(num);
    const bytes = row?.envelope ? unwrap(JSON.parse(row.envelope) as KeyEnvelope) : null;
    if (opened.size > CACHE) opened.clear();
    opened.set(num, bytes);
    return bytes;
  };
  const numOf = (id: string): number => {
    const held = nums.get(id);
    if (held !== undefined) return held;
    db.sql('INSERT INTO key(id) VALUES(?) ON CONFLICT(id) DO NOTHING').run(id);
    const { num } = db.sql('SELECT num FROM key WHERE id = ?').get<{ num: number }>(id) as { num: number };
    if (nums.size > CACHE) nums.clear();
    nums.set(id, num);
    return num;
  };
  const put = (envelope: KeyEnvelope): number | null => {
    if (envelope.org !== identity.org) return null;
    const known = nums.get(envelope.id);
    if (known !== undefined && opened.get(known)) return null;
    const num = numOf(envelope.id);
    if (erasedRefs().has(envelope.entity)) {
      db.sql('UPDATE key SET entity = ?, envelope = NULL WHERE num = ?').run(envelope.entity, num);
      return null;
    }
    const held = db.sql('SELECT envelope FROM key WHERE num = ?').get<{ envelope: string | null }>(num);
    // One that this station cannot open gives way to another copy of the same key.
    if (held?.envelope && bytesOf(num)) return null;
    db.sql('UPDATE key SET entity = ?, envelope = ? WHERE num = ?').run(envelope.entity, JSON.stringify(envelope), num);
    opened.delete(num);
    return bytesOf(num) ? num : null;
  };

  return {
    keyFor: (ref) => {
      const held = ofEntity.get(ref);
      if (held) return held;
      let found: HeldKey | undefined;
      for (const row of db
        .sql('SELECT num, id FROM key WHERE entity = ? ORDER BY id')
        .all<{ num: number; id: string }>(ref)) {
        const bytes = bytesOf(row.num);
        if (bytes) {
          found = { ...row, bytes };
          break;
        }
      }
      if (!found) {
        const under = site[0];
        if (!under) throw new Error('This station has no key of its site: it has to be enrolled.');
        const bytes = random(KEY_BYTES);
        const about = { id: Buffer.from(random(15)).toString('base64url'), entity: ref, ...identity, under: under.id };
        const envelope = wrapKey(Buffer.from(under.key, 'base64url'), bytes, about, random);
        const sealed = erasedRefs().has(ref) ? null : JSON.stringify(envelope);
        const num = db.sql('INSERT INTO key(id, entity, envelope) VALUES(?, ?, ?)').insert(envelope.id, ref, sealed);
        nums.set(envelope.id, num);
        opened.set(num, bytes);
        found = { num, id: envelope.id, bytes };
      }
      if (ofEntity.size > CACHE) ofEntity.clear();
      ofEntity.set(ref, found);
      return found;
    },
    numOf,
    idOf: (num) => db.sql('SELECT id FROM key WHERE num = ?').get<{ id: string }>(num)?.id ?? null,
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
    envelopes: (of) =>
      [...of].flatMap((num) => {
        const row = db.sql('SELECT envelope FROM key WHERE num = ?').get<{ envelope: string | null }>(num);
        return row?.envelope ? [JSON.parse(row.envelope) as KeyEnvelope] : [];
      }),
    siteKeys: () => site,
    setSiteKeys: (keys) => {
      site = keys;
      forget();
    },
    forget,
  };
}
