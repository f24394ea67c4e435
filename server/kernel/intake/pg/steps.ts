/**
 * Steps of organisations, each in a transaction of its own, one writer at a time. While one is being written the next is worked
 * out already, on what memory has of an organisation once the one before has committed; it is written only when that is so. A
 * node's steps commit in the order in which they were asked for, and the row that they lock keeps it between nodes.
 */
import type pg from 'pg';
import { ENTER, entering, type Scope } from '../../db/database.ts';
import { type Asking, type Flights, flightsOf } from '../../db/flight.ts';
import { serverOf } from '../../db/server-of.ts';
import type { IntakeTransaction } from '../port.ts';
import { emptyMemory, type OrgMemory } from './memory.ts';
import { beginStep, type Step, type StepTools } from './transaction.ts';

export interface Entered {
  readonly epoch: string;
  readonly seq: number;
}

/** One step, as the next one sees it. */
interface Turn {
  /** The next may look up what it needs: memory has all that this one changes, or this one is over. */
  readonly followed: PromiseWithResolvers<void>;
  /** What it was followed for while it was being written has come true; rejects where it has not. */
  readonly committed: PromiseWithResolvers<void>;
  readonly over: Promise<unknown>;
  readonly overBefore: Promise<unknown>;
  /** It failed and is worked out again: who had followed it does so no more, for memory is what it is then worked out on. */
  again: boolean;
}

export interface Steps {
  /** As CenterLog.intake; work that is not repeatable is the only writer from its beginning, in what it asks beside, too. */
  readonly take: <T>(org: string, work: Work<T>, scope?: Omit<Scope, 'org'>, repeatable?: boolean) => Promise<T>;
  /** In turn with the steps, which remember nothing of the organisation afterwards. */
  readonly alone: <T>(org: string, work: () => Promise<T>) => Promise<T>;
}

export interface StepsOptions {
  readonly pool: pg.Pool;
  readonly tools: StepTools;
  /** Becomes the organisation's only writer in a transaction that has just begun, and enters it. */
  readonly enter: (client: Asking, org: string) => Promise<Entered>;
  /** In the order of commits. */
  readonly onCommit: (org: string, epoch: string, step: Step) => void;
}

/** `asking`: what is asked of it is of the same transaction. */
export type Work<T> = (tx: IntakeTransaction, asking: Asking) => Promise<T>;
type StepScope = Omit<Scope, 'org'> | undefined;

export function stepsOf({ pool, tools, enter, onCommit }: StepsOptions): Steps {
  const memories = new Map<string, OrgMemory>();
  const turns = new Map<string, Turn>();

  const inTurn = <T>(org: string, work: (mine: Turn, before: Turn | undefined) => Promise<T>): Promise<T> => {
    const before = turns.get(org);
    const followed = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    committed.promise.catch(() => undefined);
    const ended = Promise.withResolvers<void>();
    const overBefore = before?.over ?? Promise.resolve();
    const mine = { followed, committed, over: ended.promise, overBefore, again: false };
    turns.set(org, mine);
    return work(mine, before).finally(() => {
      followed.resolve();
      committed.resolve();
      ended.resolve();
    });
  };

  /** The transaction of a step: what is asked first in it, and what it becomes the writer by. */
  const begun = async (
    flights: Flights,
    server: string,
    org: string,
    scope: StepScope,
    trusted: OrgMemory | undefined,
    turn: Promise<void>,
  ): Promise<{ readonly memory: OrgMemory; readonly seq: number; readonly step: Step }> => {
    if (trusted) {
      const asked = [flights.query('begin'), entersPlanned(flights, org, scope ?? { actor: 'center' })];
      // Whoever asks after them hears of a failure too.
      for (const one of asked) one.catch(() => undefined);
      const { epoch, seq } = trusted;
      const become = () =>
        flights.query({ name: 'intake.follow', text: 'select kernel.follow_intake($1, $2)', values: [epoch, seq] });
      const following = { turn, become };
      return { memory: trusted, seq: seq + 1, step: beginStep(flights, org, trusted, tools, following) };
    }
    const [, { epoch, seq }] = await Promise.all([flights.query('begin'), enter(flights, org)]);
    // The audit rows of this step name who acts and why, not the center.
    if (scope) await enters(flights, org, scope);
    const remembered = memories.get(org);
    const isOf = remembered?.seq === seq - 1 && remembered.epoch === epoch && remembered.server === server;
    const memory = isOf ? remembered : emptyMemory(epoch, server);
    memories.set(org, memory);
    return { memory, seq, step: beginStep(flights, org, memory, tools, null) };
  };

  /** One step in a transaction of its own. With `trusted` memory nothing is waited for before work begins; it follows `before`. */
  const stepOf = async <T>(
    org: string,
    work: Work<T>,
    scope: StepScope,
    mine: Turn,
    trusted?: OrgMemory,
    before?: Turn,
  ): Promise<T> => {
    const { followed, committed } = mine;
    const turn = before?.committed.promise ?? Promise.resolve();
    const client = await pool.connect();
    const flights = flightsOf(client);
    let memory = trusted;
    let early = false;
    let broken: Error | undefined;
    try {
      const server = await serverOf(client);
      if (trusted && trusted.server !== server) throw new Error('What is remembered is of another server.');
      const { seq, step, ...rest } = await begun(flights, server, org, scope, trusted, turn);
      memory = rest.memory;
      const value = await work(step.tx, flights);
      const write = step.prepare();
      memory.seq = seq;
      early = step.canBeFollowed() && !before?.again;
      if (early) followed.resolve();
      if (trusted) await turn;
      await Promise.all([write(), flights.query('commit')]);
      committed.resolve();
      onCommit(org, memory.epoch, step);
      return value;
    } catch (error) {
      mine.again = true;
      if (early) committed.reject(error);
      if (memories.get(org) === memory) memories.delete(org);
      flights.end();
      await client.query('rollback').catch((failed: Error) => {
        broken = failed;
      });
      if (flights.failed()) broken ??= new Error('A flight failed.');
      throw error;
    } finally {
      flights.end();
      client.release(broken);
    }
  };

  return {
    take: (org, work, scope, repeatable = false) =>
      inTurn(org, async (mine, before) => {
        if (repeatable) {
          await Promise.all([before?.followed.promise, before?.overBefore]);
          const trusted = before?.again ? undefined : memories.get(org);
          try {
            if (trusted) return await stepOf(org, work, scope, mine, trusted, before);
          } catch {
            // Whatever failed on what is remembered may only have failed because that is out of date.
          }
        }
        await before?.over;
        return stepOf(org, work, scope, mine);
      }),
    alone: (org, work) =>
      inTurn(org, async (_mine, before) => {
        await before?.over;
        memories.delete(org);
        return work();
      }),
  };
}

function enters(client: Asking, org: string, scope: Omit<Scope, 'org'>): Promise<unknown> {
  return client.query({ name: 'enter', text: ENTER, values: entering({ org, ...scope }) });
}

/**
 * For work that asks by named statements whose plans fit whatever they are asked with: PostgreSQL would plan them anew each
 * time, for as long as a short list looks cheaper than one of unknown length.
 */
export const ONE_PLAN = "set_config('plan_cache_mode', 'force_generic_plan', true)";

function entersPlanned(client: Asking, org: string, scope: Omit<Scope, 'org'>): Promise<unknown> {
  const text = `${ENTER}, ${ONE_PLAN}`;
  return client.query({ name: 'enter.planned', text, values: entering({ org, ...scope }) });
}
