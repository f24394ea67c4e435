/** How a step of intake becomes its organisation's only writer, and what it may do before it is. */
import type { Clock } from '#domain/kernel/ids.ts';
import type { Asking } from '../../db/flight.ts';
import { type AuthorsRead, stillSo } from './authors.ts';
import type { Writes } from './writes.ts';

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

export interface StepTurn {
  readonly isWriter: () => boolean;
  /** Sent before it returns: whatever is sent afterwards is done as the only writer, or not at all. */
  readonly become: () => Promise<unknown>;
  /** For what is seldom done, and not by memory alone: in turn with every other writer. */
  readonly alone: () => Promise<void>;
  /** Sends what the step has written so far, in turn: for whoever reads it in the database. */
  readonly flush: () => Promise<void>;
  /** The step was judged by this: becoming the writer fails where it is not so any more. */
  readonly judgedBy: (read: AuthorsRead) => Promise<void>;
  /** The step changes what memory does not have: no other may look anything up before it has committed. */
  readonly changeUnremembered: () => void;
  /** Memory has all that the step changes. */
  readonly isRemembered: () => boolean;
}

export function stepTurn(
  client: Asking,
  writes: Pick<Writes, 'dirty' | 'prepare'>,
  clock: Clock,
  following: Following | null,
): StepTurn {
  const judged: AuthorsRead[] = [];
  let remembered = true;
  let writer = following === null;
  let becoming: Promise<unknown> | null = null;
  const become = (): Promise<unknown> => {
    if (writer || following === null) return Promise.resolve();
    writer = true;
    return Promise.all([following.become(), ...judged.map((read) => stillSo(client, read))]);
  };
  const alone = async (): Promise<void> => {
    remembered = false;
    becoming ??= following === null ? Promise.resolve() : following.turn.then(become);
    await becoming;
  };
  return {
    isWriter: () => writer,
    become,
    alone,
    flush: async () => {
      if (!writes.dirty()) return;
      await alone();
      await writes.prepare(clock())();
    },
    judgedBy: async (read) => {
      if (writer) await stillSo(client, read);
      else judged.push(read);
    },
    changeUnremembered: () => {
      remembered = false;
    },
    isRemembered: () => remembered,
  };
}
