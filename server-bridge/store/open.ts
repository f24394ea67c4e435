/** Opening a store: every way it can fail is a state with a way out, and none of them begins a new store unasked. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isErasure } from '../../domain/kernel/kernel.ts';
import { assemble } from './assemble.ts';
import { type Core, failureOf } from './core.ts';
import { pruning } from './entities/prune.ts';
import { acceptFrames } from './exchange/accept.ts';
import { forgetRequests } from './exchange/outbox.ts';
import { appendFacts, hasOpened, note } from './facts/append.ts';
import { type Connection, connectionTo, openDatabase, type Sqlite, TUNING } from './file/database.ts';
import { isEmptied, keyFits, walIsDamaged } from './file/health.ts';
import { placeOf } from './file/place.ts';
import { type Scrubber, scrubberOf } from './file/scrub.ts';
import { finishReplacing, keepWal, restoreWal } from './file/set-aside.ts';
import { erase } from './keys/erase.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './migrations/migrate.ts';
import type { StoreOptions } from './options.ts';
import { StoreFailure, type StoreTrouble, stateOf, troubleOf } from './state.ts';
import type { Store } from './store.ts';
import { storeOf } from './surface.ts';

export type Opened = { readonly ok: true; readonly store: OpenStore } | StoreTrouble;

/** A store, and what only its owner does with it. */
export interface OpenStore extends Store {
  /** The key that it signs with. PKCS #8, base64url. */
  readonly deviceKey: string;
  /** The whole store as bytes, for simulated disks. Only of a store in memory. */
  readonly serialize: () => Buffer;
  /**
   * Looks at the next pages of the file for damage that nothing has stumbled on yet. `corrupted` means: abandon this store
   * and salvage it. To be called when there is nothing else to do; a store in memory is always `sound`.
   */
  readonly scrub: (pages: number) => 'more' | 'sound' | 'corrupted';
  /**
   * To be called when there is nothing else to do: brings what follows the facts up to them, and copies the log of writes
   * back, so that neither has to be done while somebody waits. After an erasure nothing is left in that log.
   */
  readonly rest: () => void;
  /** Whether what is written now is where the next opening looks for it. Cheap; always true of a store in memory. */
  readonly isInPlace: () => boolean;
  /** Whether its folder lies on a disk that was mounted to be read alone since. Cheap, and no proof: writing is. */
  readonly isReadOnly: () => boolean;
  /**
   * Puts a store that is not back where it belongs, with all that was ever acknowledged; what lies there is set aside. Whatever it is
   * given afterwards is lost: abandon it, and open it again. Throws where that cannot be done, and then goes on as it was.
   */
  readonly putBack: () => void;
  /**
   * Has errors of those that listen to changes heard by one, instead of by whoever made the change: for them it stands, and they
   * are answered so. Without it the first such error is thrown, after the commit.
   */
  readonly onListenerFailed: (heard: (error: unknown) => void) => () => void;
  /** Ends without closing the log, as a crash does. */
  readonly abandon: () => void;
}

/**
 * Opens or creates the store at `path`: a file, `:memory:` for one that lives in memory, or the bytes that
 * {@link OpenStore.serialize} gave, which it lives in memory from, as another disk would.
 */
export function openStore(path: string | Uint8Array, options: StoreOptions): Opened {
  const hadWrites = typeof path === 'string' && existsSync(`${path}-wal`);
  const opened = openCore(path, options);
  return opened.ok ? { ok: true, store: surfaceOf(opened.core, path, hadWrites) } : opened;
}

/** The same, without the interface over it. */
export function openCore(
  path: string | Uint8Array,
  options: StoreOptions,
): { readonly ok: true; readonly core: Core } | StoreTrouble {
  if (typeof path !== 'string') return openAt(Buffer.from(path), options);
  if (path === ':memory:') return openAt(path, options);
  if (!options.key && !options.plain) return troubleOf('missing key');
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    finishReplacing(path);
  } catch (error) {
    return troubleOf(stateOf(error) ?? 'unwritable');
  }
  return isEmptied(path) ? troubleOf('corrupted') : openAt(path, options);
}

function openAt(
  path: string | Buffer,
  options: StoreOptions,
): { readonly ok: true; readonly core: Core } | StoreTrouble {
  const file = typeof path === 'string' && path !== ':memory:' ? path : null;
  const key = file === null || options.plain ? null : options.key;
  const existed = file !== null && existsSync(file);
  let raw: Sqlite | null = null;
  let connection: Connection | null = null;
  let cutShort = false;
  try {
    if (file !== null) {
      restoreWal(file);
      cutShort = walIsDamaged(file, key);
      if (cutShort) keepWal(file);
    }
    raw = openDatabase({ path, key, tuning: { ...TUNING, ...options.tuning } });
    const state = cutShort ? 'corrupted' : schemaVersion(raw) > SCHEMA_VERSION ? 'newer schema' : null;
    if (state === null) {
      migrate(raw);
      connection = connectionTo(raw, file, options.onWrite);
      const core = assemble(connection, options);
      if (core) return { ok: true, core };
      connection.close();
    } else raw.close();
    if (cutShort && file !== null) restoreWal(file);
    return troubleOf(state ?? 'not enrolled');
  } catch (error) {
    connection?.close();
    if (raw?.open) raw.close();
    if (cutShort && file !== null) restoreWal(file);
    const state = stateOf(error);
    if (state === 'corrupted' && existed) return troubleOf(keyFits(file, key) ? 'corrupted' : 'wrong key');
    if (state) return troubleOf(state);
    throw error;
  }
}

function surfaceOf(core: Core, path: string | Uint8Array, hadWrites: boolean): OpenStore {
  const file = typeof path === 'string' && path !== ':memory:' ? path : null;
  const place = file === null ? null : placeOf(file);
  let scrubber: Scrubber | null = null;
  // Pages of what was erased lie in the log of writes until it is emptied; one that was found at opening may have some.
  let emptying = hadWrites;
  core.onChange(({ facts }) => {
    emptying ||= facts.some(isErasure);
  });
  const end = (): void => {
    core.db.close();
    // Only now: closing any handle of the file gives up the lock that SQLite holds on it.
    scrubber?.close();
    scrubber = null;
    place?.close();
  };
  const isInPlace = (): boolean => place?.holds() ?? true;
  const putBack = (): void => {
    core.db.copyBack(true);
    place?.putBack(core.options.clock());
  };
  const prune = pruning(core);
  return guarded({
    ...storeOf(core),
    deviceKey: core.deviceKey,
    append: (drafts, author) => appendFacts(core, drafts, author),
    erase: (ref) => erase(core, ref),
    prune: (before) => {
      const pruned = prune(before);
      if (!pruned.more) forgetRequests(core, before);
      return pruned;
    },
    accept: (frames, keys, origin) => acceptFrames(core, frames, keys, origin),
    close: () => {
      if (!core.db.raw.open) return;
      try {
        if (hasOpened(core) || core.behind() > 0) {
          core.write('here', (tx) => {
            if (hasOpened(core)) note(core, tx, 'log.closed', { reason: 'shutdown' });
            tx.settle = true;
          });
        }
      } catch (error) {
        // A full disk must not keep the process from ending: the next opening names this log's head all the same.
        if (!(error instanceof StoreFailure)) throw error;
      } finally {
        end();
      }
    },
    onListenerFailed: core.onListenerFailed,
    abandon: end,
    rest: () => {
      if (core.behind() > 0) core.write('here', core.settle);
      core.db.copyBack(emptying);
      emptying = false;
    },
    isInPlace,
    isReadOnly: () => place?.isReadOnly() ?? false,
    putBack,
    serialize: () => core.db.raw.serialize(),
    scrub: (pages) => {
      if (file === null) return 'sound';
      // What lies there is another's.
      if (!isInPlace()) return 'more';
      scrubber ??= scrubberOf(file, core.options.plain ? null : core.options.key);
      return scrubber.next(pages);
    },
  });
}

/** Reading fails as writing does: with the store's own state, never with SQLite's words. */
function guarded(store: OpenStore): OpenStore {
  const entries = Object.entries(store).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member] as const;
    const method = (...args: unknown[]): unknown => {
      try {
        return (member as (...of: unknown[]) => unknown)(...args);
      } catch (error) {
        throw failureOf(error);
      }
    };
    return [name, method] as const;
  });
  return Object.fromEntries(entries) as unknown as OpenStore;
}
