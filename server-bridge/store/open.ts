/** Opening a store: every way it can fail is a state with a way out, and none of them begins a new store unasked. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Fact } from '../../domain/kernel/fact.ts';
import { uuidV7 } from '../../domain/kernel/ids.ts';
import { READS } from '../../domain/modules.ts';
import type { Roster } from '../../domain/wire/sync.ts';
import { signerOf } from '../../sealing/signing.ts';
import { acceptFrames } from './accept.ts';
import { appendFacts, hasOpened, note } from './append.ts';
import { stationClock } from './clock.ts';
import { type Core, writing } from './core.ts';
import { type Connection, connectionTo, openDatabase, type Sqlite, TUNING } from './database.ts';
import { entitiesOf } from './entities.ts';
import { entityKeys } from './entity-keys.ts';
import { erase } from './erase.ts';
import { factsOf } from './facts.ts';
import { logsOf } from './logs.ts';
import { metaOf } from './meta.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './migrations/migrate.ts';
import { suffixOf } from './numbers.ts';
import type { SiteKey, StoreOptions } from './options.ts';
import { prune } from './prune.ts';
import { recordCache } from './records.ts';
import { StoreFailure, type StoreTrouble, stateOf, troubleOf } from './state.ts';
import type { StationIdentity, Store } from './store.ts';
import { straysOf } from './strays.ts';
import { storeOf } from './surface.ts';

const DAY = 86_400_000;
export const KEEP_MS = 3 * DAY;
export const FOLD_VERSION = 1;

export type Opened = { readonly ok: true; readonly store: OpenStore } | StoreTrouble;

/** A store, and what only its owner does with it. */
export interface OpenStore extends Store {
  /** The whole store as bytes, for simulated disks. Only of a store in memory. */
  readonly serialize: () => Buffer;
  /** Ends without closing the log, as a crash does. */
  readonly abandon: () => void;
}

/** Opens or creates the store at `path` (`:memory:` for one that lives in memory). */
export function openStore(path: string, options: StoreOptions): Opened {
  if (path !== ':memory:') {
    if (!options.key && !options.plain) return troubleOf('missing key');
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    } catch (error) {
      return troubleOf(stateOf(error) ?? 'unwritable');
    }
  }
  return openAt(path, options);
}

/** Opens a store from the bytes that {@link OpenStore.serialize} gave. It lives in memory, as another disk would. */
export function openFromBytes(bytes: Uint8Array, options: StoreOptions): Opened {
  return openAt(Buffer.from(bytes), options);
}

function openAt(path: string | Buffer, options: StoreOptions): Opened {
  const existed = typeof path === 'string' && existsSync(path);
  let raw: Sqlite | null = null;
  try {
    raw = openDatabase({
      path,
      key: path === ':memory:' || typeof path !== 'string' || options.plain ? null : options.key,
      tuning: { ...TUNING, ...options.tuning },
    });
    if (schemaVersion(raw) > SCHEMA_VERSION) {
      raw.close();
      return troubleOf('newer schema');
    }
    migrate(raw);
    const core = coreOf(connectionTo(raw), options);
    if (core) return { ok: true, store: openStoreOf(core) };
    raw.close();
    return troubleOf('not enrolled');
  } catch (error) {
    if (raw?.open) raw.close();
    const code = (error as { code?: unknown }).code;
    const state = code === 'SQLITE_NOTADB' && existed ? 'wrong key' : stateOf(error);
    if (state) return troubleOf(state);
    throw error;
  }
}

function coreOf(db: Connection, options: StoreOptions): Core | null {
  const meta = metaOf(db);
  const identity = options.identity ?? meta.read<StationIdentity>('identity');
  if (!identity) return null;
  // What the store learned since the enrolment stands before what the enrolment said.
  const heldKeys = meta.read<SiteKey[]>('siteKeys') ?? [];
  const siteKeys = [
    ...heldKeys,
    ...(options.siteKeys ?? []).filter((key) => !heldKeys.some((held) => held.id === key.id)),
  ];
  const logs = logsOf(db);
  const newest = db
    .sql('SELECT max(hlc) AS hlc, max(clock) AS highest FROM log')
    .get<{ hlc: string | null; highest: number | null }>();
  const offset = meta.read<{ offset: number; uncertainty: number }>('offset') ?? { offset: 0, uncertainty: 0 };
  const clock = stationClock(options.clock, identity.short, {
    hlc: newest?.hlc ?? '',
    highest: newest?.highest ?? 0,
    ...offset,
  });
  const keys = entityKeys(db, { org: identity.org, site: identity.site }, options.random, siteKeys);
  const ownLogs = db
    .sql('SELECT id FROM log WHERE own = 1')
    .all<{ id: string }>()
    .map((row) => row.id);
  const facts = factsOf(db, keys);
  const entities = entitiesOf(db, facts, {
    effectsOf: options.effectsOf,
    foldVersion: options.foldVersion ?? FOLD_VERSION,
    keepMs: options.keepMs ?? KEEP_MS,
    now: clock.now,
  });
  const records = recordCache(db);
  const strays = straysOf(db);
  let roster: Roster | null | undefined;
  const settled: StoreOptions = { ...options, reads: options.reads ?? READS };
  const forget = (): void => {
    roster = undefined;
    for (const part of [logs, keys, facts, entities, records, strays]) part.forget();
  };
  const parts = { db, options: settled, clock, logs, keys, facts, entities, records, strays };
  const core: Core = {
    ...parts,
    identity,
    signer: signerOf(options.deviceKey),
    meta,
    logId: newLogId(options, identity, ownLogs),
    roster: () => {
      if (roster === undefined) roster = meta.read<Roster>('roster') ?? null;
      return roster;
    },
    rosterChanged: () => {
      roster = undefined;
    },
    ...writing({ ...parts, forget }),
  };
  if (
    JSON.stringify(meta.read('identity')) !== JSON.stringify(identity) ||
    JSON.stringify(meta.read('siteKeys')) !== JSON.stringify(siteKeys)
  ) {
    core.write('here', () => {
      meta.write('identity', identity);
      meta.write('siteKeys', siteKeys);
    });
  }
  return core;
}

/** An id whose number suffix no log known here has. */
function newLogId(options: StoreOptions, identity: StationIdentity, held: readonly string[]): string {
  const taken = new Set(held.map((id) => suffixOf(identity.short, id)));
  for (;;) {
    const id = uuidV7(options.clock(), options.random);
    if (!taken.has(suffixOf(identity.short, id))) return id;
  }
}

function openStoreOf(core: Core): OpenStore {
  const end = (): void => {
    if (core.db.raw.open) core.db.raw.close();
  };
  return {
    ...storeOf(core),
    append: (drafts, author): readonly Fact[] => appendFacts(core, drafts, author),
    erase: (ref) => erase(core, ref),
    prune: (before) => prune(core, before),
    accept: (frames, keys, origin) => acceptFrames(core, frames, keys, origin),
    close: () => {
      if (!core.db.raw.open) return;
      try {
        if (hasOpened(core)) core.write('here', (tx) => note(core, tx, 'log.closed', { reason: 'shutdown' }));
      } catch (error) {
        // A full disk must not keep the process from ending: the next opening names this log's head all the same.
        if (!(error instanceof StoreFailure)) throw error;
      } finally {
        end();
      }
    },
    abandon: end,
    serialize: () => core.db.raw.serialize(),
  };
}
