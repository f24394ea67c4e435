/** One step of an organisation's intake in PostgreSQL: few statements a batch, and memory where it is known to be current. */
import type { Fact } from '#domain/kernel/fact.ts';
import { type Clock, type EntityRef, idOf } from '#domain/kernel/ids.ts';
import type { Asking } from '../../db/flight.ts';
import type { IntakeTransaction } from '../port.ts';
import type { Reading } from '../reading.ts';
import { type AuthorsRead, authorsOf, authorsRecalled, stillSo } from './authors.ts';
import { type FrameRow, factsOf } from './frames.ts';
import { homesOf } from './homes.ts';
import { type KnownSites, LEAST_HELD, type OrgMemory, recall } from './memory.ts';
import { ONE_BY_ONE } from './one-by-one.ts';
import { positionsOf } from './positions.ts';
import { putRecordRow, recordRow } from './records.ts';
import { moveRow, writeState } from './rows.ts';
import { awaitSignIn, takeAwaiting } from './sign-ins.ts';
import { stepEntities } from './step-entities.ts';
import { type KeyTools, type OpenKey, type StepKeys, stepKeys } from './step-keys.ts';
import { type StepStreams, stepStreams } from './step-streams.ts';
import { stepWrites } from './writes.ts';

export interface StepTools extends KeyTools {
  readonly clock: Clock;
  readonly reading: Reading;
}

/**
 * How a step becomes the organisation's only writer: it is from its beginning, or it follows one that is still being written.
 * What it looks up until then has to be as that one leaves it: in memory, or in rows that it does not change.
 */
export interface Following {
  /** Resolves when the step before has committed; rejects where it has not. */
  readonly turn: Promise<void>;
  /** Becomes the writer, or fails where somebody else was in between. */
  readonly become: () => Promise<unknown>;
}

export interface Step {
  readonly tx: IntakeTransaction;
  /** Facts appended so far. */
  readonly facts: readonly Fact[];
  /** What facts are about that were held before, and can be read since this step. */
  readonly opened: readonly EntityRef[];
  readonly streams: StepStreams;
  /** Whether the next step may look up what it needs before this one has committed: memory has all that this one changes. */
  readonly canBeFollowed: () => boolean;
  /**
   * What the step has kept to its end, ready to be sent, in its turn: sent before that returns. Throws, with nothing sent,
   * where it cannot be written down.
   */
  readonly prepare: () => () => Promise<unknown>;
}

const NOWHERE: KnownSites = { holders: [], guests: [] };
/** A step that put more than this into memory may have put something out again. */
const MOST_FOLLOWED = LEAST_HELD / 4;

export function beginStep(
  client: Asking,
  org: string,
  memory: OrgMemory,
  tools: StepTools,
  following: Following | null,
): Step {
  const { epoch } = memory;
  const writes = stepWrites(client, org);
  const judged: AuthorsRead[] = [];
  const putsBefore = memory.puts();
  let plain = true;
  let writer = following === null;
  let becoming: Promise<unknown> | null = null;
  /** Sent before it returns: whatever is sent afterwards is done as the only writer, or not at all. */
  const become = (): Promise<unknown> => {
    if (writer || following === null) return Promise.resolve();
    writer = true;
    return Promise.all([following.become(), ...judged.map((read) => stillSo(client, read))]);
  };
  /** For what is seldom done, and not by memory alone: in turn with every other writer. */
  const alone = async (): Promise<void> => {
    plain = false;
    becoming ??= following === null ? Promise.resolve() : following.turn.then(become);
    await becoming;
  };
  const flush = async (): Promise<void> => {
    if (!writes.dirty()) return;
    await alone();
    await writes.prepare(tools.clock())();
  };
  const keys = stepKeys(client, org, memory, {
    ...tools,
    writes,
    readNow: async (ids) => {
      await alone();
      await client.query('select kernel.read_now($1)', [ids]);
    },
    lateToDestroy: async (ids) => {
      await alone();
      await client.query(
        `insert into keys.destroyed (org, id, reason, at)
          select $1, id, 'what it is of was erased', $3 from unnest($2::text[]) id on conflict do nothing`,
        [org, ids, tools.clock()],
      );
    },
  });
  const streams = stepStreams(client, org, memory, keys, writes);
  const entities = stepEntities(client, org, memory, keys, tools);
  const facts: Fact[] = [];
  const opened: EntityRef[] = [];

  const tx: IntakeTransaction = {
    org,
    epoch,
    effectsOf: tools.reading.effectsOf,
    positions: async (logs) => {
      const { found, missing } = recall(memory.positions, logs);
      if (missing.length > 0) {
        for (const [log, position] of await positionsOf(client, org, missing)) {
          memory.positions.set(log, position);
          found.set(log, position);
        }
      }
      return found;
    },
    putPositions: async (positions) => {
      const rows = positions.filter((position) => position.station !== null);
      for (const position of rows) {
        writes.position(position);
        memory.positions.set(position.log, position);
      }
    },
    authors: async (stations, sessions) => {
      if (writer) return authorsOf(client, org, stations, sessions);
      const read = await authorsRecalled(client, org, stations, sessions, memory.authors);
      if (writer) await stillSo(client, read);
      else judged.push(read);
      return read;
    },
    keys: keys.byId,
    destroyed: async (ids) => {
      const { rows } = await client.query<{ id: string }>(
        'select id from keys.destroyed where org = $1 and id = any ($2)',
        [org, ids],
      );
      return new Set(rows.map((row) => row.id));
    },
    destroyKeys: async (ref, reason) => {
      await alone();
      await flush();
      await keys.destroy(ref, reason);
    },
    underHold: async (ref) => {
      await alone();
      const { rows } = await client.query(
        'select from kernel.legal_hold where org = $1 and entity = $2 and released_at is null limit 1',
        [org, ref],
      );
      return rows.length > 0;
    },
    putKeys: async (sent) => {
      const [, waiting] = await Promise.all([flush(), keys.put(sent)]);
      opened.push(...waiting);
      return waiting;
    },
    siteKey: keys.siteKey,
    folded: entities.folded,
    factsAbout: async (ref) => {
      await alone();
      await flush();
      return factsAbout(client, org, ref, keys);
    },
    held: async (ids) => {
      const { found, missing } = recall(memory.facts, ids);
      if (missing.length > 0) {
        const { rows } = await client.query<{ id: string }>({
          name: 'fact.held',
          text: `select r.id from unnest($2::text[]) as r (id)
            cross join lateral (select from kernel.fact where org = $1 and id = r.id ${ONE_BY_ONE}) f`,
          values: [org, missing],
        });
        for (const { id } of rows) {
          memory.facts.set(id, true);
          found.set(id, true);
        }
      }
      return new Set(found.keys());
    },
    headersAlone: async (places) => {
      await alone();
      await flush();
      const { rows } = await client.query<{ log: string; seq: number; hash: string }>(
        `select f.log, f.seq, f.hash from unnest($2::text[], $3::bigint[]) as r (log, seq)
          cross join lateral (
            select * from kernel.fact where org = $1 and log = r.log and seq = r.seq and k is null and b is null ${ONE_BY_ONE}) f`,
        [org, places.map(({ log }) => log), places.map(({ seq }) => String(seq))],
      );
      return rows;
    },
    complete: async (rows) => {
      await alone();
      await flush();
      for (const row of rows) await streams.again(row);
      opened.push(...rows.flatMap(({ fact }) => fact.about));
    },
    sitesOf: async (refs) => {
      const known = [...(await entities.sitesOf(refs))];
      return new Map(known.flatMap(([ref, { holders }]) => (holders.length > 0 ? [[ref, holders] as const] : [])));
    },
    guestsOf: async (refs) => {
      const known = [...(await entities.sitesOf(refs))];
      return new Map(known.flatMap(([ref, { guests }]) => (guests.length > 0 ? [[ref, guests] as const] : [])));
    },
    visitedRuns: async (incident) => {
      await alone();
      await flush();
      const { rows } = await client.query<{ ref: EntityRef }>(
        'select distinct ref from kernel.entity_site where org = $1 and ref ^@ $2 and not holds',
        [org, `assignment:${idOf(incident)}.`],
      );
      return rows.map(({ ref }) => ref);
    },
    homesOf: (refs) => homesOf(client, org, refs),
    hold: async (rows) => {
      const known = await entities.sitesOf(rows.map((row) => row.ref));
      writes.holds(rows);
      for (const { ref, site } of rows) {
        const { holders, guests } = memory.sites.get(ref) ?? known.get(ref) ?? NOWHERE;
        if (holders.length > 0 || guests.some((guest) => guest !== site)) {
          await alone();
          await flush();
          await streams.bring(ref, site);
        }
        // Whoever spoke of it before was not at home in it.
        if (holders.length === 0 && guests.some((guest) => guest !== site)) await moveRow(client, org, ref, site);
        entities.hold(ref, {
          holders: [...holders, site].sort(),
          guests: guests.filter((guest) => guest !== site),
        });
      }
    },
    visit: async (rows) => {
      const known = await entities.sitesOf(rows.map((row) => row.ref));
      writes.visits(rows);
      for (const { ref, site } of rows) {
        const { holders, guests } = memory.sites.get(ref) ?? known.get(ref) ?? NOWHERE;
        entities.hold(ref, { holders, guests: [...guests, site].sort() });
      }
    },
    append: async (rows) => {
      await streams.append(rows);
      for (const { fact, unread } of rows) {
        if (unread) plain = false;
        facts.push(fact);
        memory.facts.set(fact.id, true);
      }
    },
    putFolded: async (states) => {
      const homes = await entities.sitesOf(states.map((state) => state.ref));
      const homeOf = (ref: EntityRef): string => {
        const { holders, guests } = homes.get(ref) ?? NOWHERE;
        return holders[0] ?? guests[0] ?? '';
      };
      const sealing = await keys.sealing(
        states.map(({ ref }) => ({
          ref,
          site: homeOf(ref),
          holders: homes.get(ref)?.holders ?? [],
          unheard: entities.unheard(ref),
        })),
      );
      const now = tools.clock();
      for (const state of states) {
        const known = memory.entities.get(state.ref);
        const under = sealing.get(state.ref) as OpenKey;
        const before = known?.key === under.key ? known.state : undefined;
        const mark = tools.reading.markOf(state);
        writeState(writes, org, { state, before, site: homeOf(state.ref), mark, ...under }, now, tools.random);
        entities.put(state, under.key);
      }
    },
    putRecord: async (site, record) => {
      // Sent before it returns where this is the writer: its place among what else is asked is the caller's to choose.
      if (writer) plain = false;
      else await alone();
      await Promise.all([putRecordRow(client, org, site, record, tools.clock()), streams.putRecord(site, record)]);
    },
    showRecord: async (site, record) => {
      await alone();
      await streams.putRecord(site, record);
    },
    record: async (kind, id) => {
      await alone();
      return recordRow(client, org, kind, id);
    },
    awaitSignIn: async (waiting) => {
      await alone();
      await awaitSignIn(client, org, waiting);
    },
    takeAwaiting: async (sessions) => {
      await alone();
      return takeAwaiting(client, org, sessions);
    },
    putMarker: async (site, log, seq, reason) => {
      await alone();
      await streams.putMarker(site, log, seq, reason);
    },
  };
  return {
    tx,
    facts,
    opened,
    streams,
    canBeFollowed: () => plain && memory.puts() - putsBefore <= MOST_FOLLOWED,
    prepare: () => {
      streams.settle();
      const write = writes.prepare(tools.clock());
      return () => Promise.all([become(), write()]);
    },
  };
}

export async function factsAbout(
  client: Asking,
  org: string,
  ref: EntityRef,
  keys: Pick<StepKeys, 'byId' | 'siteKey'>,
): Promise<readonly Fact[]> {
  const { rows } = await client.query<FrameRow>({
    name: 'fact.about',
    text: `select f.h, f.s, f.k, f.b from kernel.fact_about a join kernel.fact f using (org, site, n)
      where a.org = $1 and a.ref = $2 order by f.hlc, f.id`,
    values: [org, ref],
  });
  const envelopes = await keys.byId(rows.flatMap((row) => (row.k === null ? [] : [row.k])));
  return factsOf(rows, envelopes, keys.siteKey);
}
