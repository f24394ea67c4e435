/** One step of an organisation's intake in PostgreSQL: few statements a batch, and memory where it is known to be current. */
import type { Fact } from '#domain/kernel/fact.ts';
import type { Clock, EntityRef } from '#domain/kernel/ids.ts';
import type { Asking } from '../../db/flight.ts';
import type { IntakeTransaction } from '../port.ts';
import type { Reading } from '../reading.ts';
import { authorsOf, authorsRecalled } from './authors.ts';
import { LEAST_HELD, type OrgMemory } from './memory.ts';
import { putRecordRow, recordRow } from './records.ts';
import { awaitSignIn, takeAwaiting } from './sign-ins.ts';
import { stepEntities } from './step-entities.ts';
import { stepFacts } from './step-facts.ts';
import { putFolded } from './step-folded.ts';
import { type KeyTools, stepKeys } from './step-keys.ts';
import { stepSites } from './step-sites.ts';
import { type StepStreams, stepStreams } from './step-streams.ts';
import { type Following, stepTurn } from './step-turn.ts';
import { stepWrites } from './writes.ts';

export interface StepTools extends KeyTools {
  readonly clock: Clock;
  readonly reading: Reading;
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

/** A step that put more than this into memory may have put something out again. */
const MOST_FOLLOWED = LEAST_HELD / 4;

export function beginStep(
  client: Asking,
  org: string,
  memory: OrgMemory,
  tools: StepTools,
  following: Following | null,
): Step {
  const putsBefore = memory.puts();
  const writes = stepWrites(client, org);
  const turn = stepTurn(client, writes, tools.clock, following);
  const { alone, flush } = turn;
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
  const onFact = (fact: Fact): void => void facts.push(fact);
  const onOpened = (refs: readonly EntityRef[]): void => void opened.push(...refs);

  const tx: IntakeTransaction = {
    org,
    epoch: memory.epoch,
    effectsOf: tools.reading.effectsOf,
    ...stepFacts(client, org, { memory, turn, writes, keys, streams, onFact, onOpened }),
    ...stepSites(client, org, { memory, turn, writes, entities, streams }),
    authors: async (stations, sessions) => {
      if (turn.isWriter()) return authorsOf(client, org, stations, sessions);
      const read = await authorsRecalled(client, org, stations, sessions, memory.authors);
      await turn.judgedBy(read);
      return read;
    },
    keys: keys.byId,
    siteKey: keys.siteKey,
    putKeys: async (sent) => {
      const [, waiting] = await Promise.all([flush(), keys.put(sent)]);
      onOpened(waiting);
      return waiting;
    },
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
    folded: entities.folded,
    putFolded: (states) => putFolded(org, states, { memory, entities, keys, writes, tools }),
    putRecord: async (site, record) => {
      // Sent before it returns where this is the writer: its place among what else is asked is the caller's to choose.
      if (turn.isWriter()) turn.changeUnremembered();
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
    canBeFollowed: () => turn.isRemembered() && memory.puts() - putsBefore <= MOST_FOLLOWED,
    prepare: () => {
      streams.settle();
      const write = writes.prepare(tools.clock());
      return () => Promise.all([turn.become(), write()]);
    },
  };
}
