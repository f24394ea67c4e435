/**
 * What people at this station were shown of patients, kept for the center's audit: a log of its own, apart from the facts.
 * One record for a person, an entity and a minute, however often its row was sent to a window, so that a board is no flood.
 * Noting touches memory alone; what was noted goes to disk together, a moment later.
 */
import type { TopicState } from '../../domain/bridge/topics.ts';
import { type Clock, type EntityRef, entityRef, type RandomBytes, uuidV7 } from '../../domain/kernel/ids.ts';
import { MAX_READS, type Read, type ReadsIn, ReadsInSchema } from '../../domain/wire/reads.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../sync/ports.ts';
import type { Sessions } from './port.ts';

/** A crash loses at most what was shown within this. ms */
const SAVE_MS = 2_000;
/**
 * What was written last is written on while it has fewer reads than this: an outage of days is tens of thousands of moments, and each
 * would be a call of its own afterwards, of every workstation at once.
 */
const GATHERED = 64;
const MINUTE = 60_000;
const OWNER = 'center';

/** What a row shows of an incident, what opening it shows besides, and what a report is. */
const ROW = ['location', 'caller', 'callback', 'patient'];
const WHOLE = [...ROW, 'notes'];
const DOCUMENT = ['document'];

/** What waits to be brought to the center, oldest first. `name` is how it is let go of. */
export interface WaitingReads extends ReadsIn {
  readonly name: string;
}

export interface ReadLog {
  /** A window of a seat is sent this of a topic. */
  readonly shown: (seat: string, topic: string, rows: TopicState) => void;
  /** A stored document was opened at a seat. */
  readonly opened: (seat: string, document: string) => void;
  readonly waiting: () => WaitingReads | null;
  /** The center has taken it. */
  readonly taken: (name: string) => void;
  /** Writes what was noted. What the store refuses (disk full) stays noted, and is written with what is noted next. */
  readonly save: () => void;
}

export interface ReadLogOptions {
  readonly store: Pick<Store, 'now' | 'entity' | 'value' | 'values' | 'saveValue'>;
  readonly sessions: Pick<Sessions, 'me' | 'author'>;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly fault: (where: string, error: unknown) => void;
}

export function createReadLog({ store, sessions, timers, clock, random, fault }: ReadLogOptions): ReadLog {
  const log = uuidV7(clock(), random);
  let seq = 0;
  let minute = 0;
  let seen = new Set<string>();
  let noted: Omit<Read, 'seq'>[] = [];
  let stop: (() => void) | null = null;
  /** Written last, and not handed to anybody yet: whoever has it lets go of it by its name, with all that is in it. */
  let last: { readonly name: string; readonly reads: readonly Read[] } | null = null;
  // Names of what waits, of earlier openings too; read from the store once, when somebody first asks.
  let names: string[] | null = null;

  const save = (): void => {
    stop?.();
    stop = null;
    while (noted.length > 0) {
      const onto = last !== null && last.reads.length < GATHERED ? last : null;
      const name = onto?.name ?? nameOf(log, seq + 1);
      const before = onto?.reads ?? [];
      const fresh = noted.slice(0, MAX_READS - before.length).map((read, i): Read => ({ ...read, seq: seq + 1 + i }));
      const reads = [...before, ...fresh];
      store.saveValue('read', OWNER, name, { log, reads });
      last = { name, reads };
      seq += fresh.length;
      noted = noted.slice(fresh.length);
      if (onto === null) names?.push(name);
    }
  };
  const soon = (): void => {
    stop ??= timers.after(SAVE_MS, () => {
      try {
        save();
      } catch (error) {
        fault('reads', error);
      }
    });
  };
  const note = (seat: string, entities: readonly EntityRef[], fields: readonly string[]): void => {
    const me = entities.length > 0 ? sessions.me(seat) : null;
    if (!me) return;
    const at = store.now();
    if (Math.floor(at / MINUTE) !== minute) {
      minute = Math.floor(at / MINUTE);
      seen = new Set();
    }
    const { position } = sessions.author(seat);
    for (const entity of entities) {
      const key = `${me.session} ${entity} ${fields.length}`;
      if (seen.has(key)) continue;
      seen.add(key);
      noted.push({ at, by: me.user, session: me.session, position, entity, fields: [...fields] });
      soon();
    }
  };

  return {
    shown: (seat, topic, rows) => {
      if (topic === 'board') {
        const ids = Object.keys(rows.incidents ?? {});
        return note(
          seat,
          ids.map((id) => entityRef('incident', id)),
          ROW,
        );
      }
      const [kind, id] = topic.split(':');
      if (kind === 'find') {
        const ids = Object.keys(rows.found ?? {});
        return note(
          seat,
          ids.map((each) => entityRef('incident', each)),
          ROW,
        );
      }
      if (id === undefined || (kind !== 'incident' && kind !== 'history')) return;
      const entity = entityRef('incident', id);
      const any = Object.values(rows).some((table) => Object.keys(table).length > 0);
      // A unit's history is about no patient.
      if (any && store.entity(entity)) note(seat, [entity], WHOLE);
    },
    opened: (seat, document) => note(seat, [entityRef('report', document)], DOCUMENT),
    waiting: () => {
      names ??= [...store.values('read', OWNER).keys()];
      for (let [name] = names; name !== undefined; [name] = names) {
        const kept = ReadsInSchema.safeParse(store.value('read', OWNER, name));
        if (kept.success) {
          if (last?.name === name) last = null;
          return { name, ...kept.data };
        }
        // It stays where it is, and keeps nothing else from the center.
        names.shift();
        fault('reads', new Error('a record of reads cannot be read back'));
      }
      return null;
    },
    taken: (name) => {
      store.saveValue('read', OWNER, name, null);
      names = names?.filter((one) => one !== name) ?? null;
    },
    save,
  };
}

/** Sorts in the order of logs and their positions. */
function nameOf(log: string, first: number): string {
  return `${log}/${String(first).padStart(12, '0')}`;
}
