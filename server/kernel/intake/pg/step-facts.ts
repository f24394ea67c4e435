/** Facts within one step of intake: which are held, how far their logs are, and what is put there. */
import type { Fact } from '#domain/kernel/fact.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Asking } from '../../db/flight.ts';
import type { IntakeTransaction } from '../port.ts';
import { type FrameRow, factsOf } from './frames.ts';
import { type OrgMemory, recall } from './memory.ts';
import { ONE_BY_ONE } from './one-by-one.ts';
import { positionsOf } from './positions.ts';
import type { StepKeys } from './step-keys.ts';
import type { StepStreams } from './step-streams.ts';
import type { StepTurn } from './step-turn.ts';
import type { Writes } from './writes.ts';

export interface StepFactsOptions {
  readonly memory: Pick<OrgMemory, 'positions' | 'facts'>;
  readonly turn: StepTurn;
  readonly writes: Pick<Writes, 'position'>;
  readonly keys: Pick<StepKeys, 'byId' | 'siteKey'>;
  readonly streams: Pick<StepStreams, 'append' | 'again'>;
  /** Appended. */
  readonly onFact: (fact: Fact) => void;
  /** Their facts can be read since now. */
  readonly onOpened: (refs: readonly EntityRef[]) => void;
}

export function stepFacts(
  client: Asking,
  org: string,
  { memory, turn, writes, keys, streams, onFact, onOpened }: StepFactsOptions,
): Pick<
  IntakeTransaction,
  'positions' | 'putPositions' | 'held' | 'factsAbout' | 'headersAlone' | 'complete' | 'append'
> {
  return {
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
    factsAbout: async (ref) => {
      await turn.alone();
      await turn.flush();
      return factsAbout(client, org, ref, keys);
    },
    headersAlone: async (places) => {
      await turn.alone();
      await turn.flush();
      const { rows } = await client.query<{ log: string; seq: number; hash: string }>(
        `select f.log, f.seq, f.hash from unnest($2::text[], $3::bigint[]) as r (log, seq)
          cross join lateral (
            select * from kernel.fact where org = $1 and log = r.log and seq = r.seq and k is null and b is null ${ONE_BY_ONE}) f`,
        [org, places.map(({ log }) => log), places.map(({ seq }) => String(seq))],
      );
      return rows;
    },
    complete: async (rows) => {
      await turn.alone();
      await turn.flush();
      for (const row of rows) await streams.again(row);
      onOpened(rows.flatMap(({ fact }) => fact.about));
    },
    append: async (rows) => {
      await streams.append(rows);
      for (const { fact, unread } of rows) {
        if (unread) turn.changeUnremembered();
        onFact(fact);
        memory.facts.set(fact.id, true);
      }
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
