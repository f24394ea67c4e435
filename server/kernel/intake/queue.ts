/**
 * Group commit: pushes of one organisation that arrive while a step is being worked out are taken together in the next, which
 * is worked out while the first is written. One commit then serves many stations, and no push waits for more than two others.
 */
import { readHeader } from '#domain/kernel/fact.ts';
import { inTurn } from '#domain/kernel/turns.ts';
import type { PushIn, PushOut } from '#domain/wire/sync.ts';
import { allIn } from '../db/groups.ts';
import { acknowledge, type CenterKeys, type Taken, takePushes, takeWithoutNamesakes } from './intake.ts';
import type { World } from './own.ts';
import type { CenterLog, IntakeTransaction } from './port.ts';
import { type PreparedPush, preparePush } from './prepare.ts';
import type { Verify } from './signature-checks.ts';

/** Frames taken in one step at most: what comes beyond waits for the next, so no step grows without end. */
const MOST_FRAMES = 4_000;

interface Waiting {
  readonly push: PreparedPush;
  readonly settle: (taken: Taken) => void;
  readonly fail: (error: unknown) => void;
}

interface Queue {
  readonly waiting: Waiting[];
  /** Told of each that comes. */
  onCome: () => void;
}

/** The log that a push begins in. */
function beginsIn({ frames }: PushIn): string {
  const first = frames[0];
  return (first && readHeader(first.h)?.log) ?? '';
}

export type PushTaker = (org: string, site: string, input: PushIn) => Promise<PushOut>;

/** Pushes of an organisation, taken together: those that come while a step is at work wait for the next. */
export function pushTaker(
  log: CenterLog,
  keysOf: (org: string) => Promise<CenterKeys>,
  world: World,
  verify: Verify,
): PushTaker {
  const queues = new Map<string, Queue>();
  /** A push is of no use before the one that it goes on from, however long each takes to be looked at. */
  const turn = inTurn();

  /** Until so many wait, or a step is over. */
  const gathered = (queue: Queue, count: number, over: Promise<unknown>): Promise<void> =>
    new Promise((resolve) => {
      queue.onCome = () => {
        if (queue.waiting.length >= count) resolve();
      };
      queue.onCome();
      void over.then(() => resolve());
    });

  const drain = async (org: string, queue: Queue, keys: CenterKeys): Promise<void> => {
    const { waiting } = queue;
    let written: Promise<unknown> = Promise.resolve();
    let writing = 1;
    // Whoever was answered by the last step comes again while the next is written: a step that did not wait for them would
    // leave them to one of their own.
    let answered = 1;
    for (;;) {
      await gathered(queue, answered, written);
      await allIn(waiting);
      if (waiting.length === 0) {
        queues.delete(org);
        return;
      }
      let frames = 0;
      let count = 0;
      while (count < waiting.length && (count === 0 || frames < MOST_FRAMES)) {
        frames += waiting[count++]?.push.frames.length ?? 0;
      }
      const workedOut = Promise.withResolvers<void>();
      const taken = takeTogether(waiting.splice(0, count), org, keys, workedOut.resolve);
      await Promise.all([Promise.race([workedOut.promise, taken]), written]);
      answered = writing;
      writing = count;
      written = taken;
    }
  };

  const takeTogether = async (
    group: readonly Waiting[],
    org: string,
    keys: CenterKeys,
    onWorkedOut: () => void,
  ): Promise<void> => {
    const pushes = group.map((one) => one.push);
    const work = async (tx: IntakeTransaction): Promise<readonly Taken[]> => {
      const taken = await takePushes(tx, pushes, keys.signer, world);
      onWorkedOut();
      return taken;
    };
    try {
      const taken = await log.intake(org, work, undefined, true);
      group.forEach((one, i) => {
        one.settle(taken[i] as Taken);
      });
    } catch (error) {
      // One that cannot be taken must not fail those it came with.
      const [first] = group;
      if (group.length === 1 && first)
        await takeWithoutNamesakes(log, first.push, keys.signer, world, error).then(first.settle, first.fail);
      else for (const one of group) await takeTogether([one], org, keys, onWorkedOut);
    }
  };

  return async (org, site, input) => {
    const keys = await keysOf(org);
    const begun = preparePush(log, keys.publicKeys, verify, org, site, input);
    const push = await turn(`${org}|${site}|${beginsIn(input)}`, begun);
    const taken = await new Promise<Taken>((settle, fail) => {
      const waiting = { push, settle, fail };
      const queue = queues.get(org);
      if (queue) {
        queue.waiting.push(waiting);
        queue.onCome();
        return;
      }
      const made: Queue = { waiting: [waiting], onCome: () => undefined };
      queues.set(org, made);
      void drain(org, made, keys);
    });
    return acknowledge(taken, keys.signer);
  };
}
