/**
 * Group commit: pushes of one organisation that arrive while a step is being committed are taken together in the next.
 * One commit then serves many stations, and no push waits for more than one other step.
 */
import type { PushIn, PushOut } from '#domain/wire/sync.ts';
import { acknowledge, type CenterKeys, type Taken, takePushes } from './intake.ts';
import type { World } from './own.ts';
import type { CenterLog } from './port.ts';
import { type PreparedPush, preparePush, type Verify } from './prepare.ts';

/** Frames taken in one step at most: what comes beyond waits for the next, so no step grows without end. */
const MOST_FRAMES = 4_000;

interface Waiting {
  readonly push: PreparedPush;
  readonly settle: (taken: Taken) => void;
  readonly fail: (error: unknown) => void;
}

export type PushTaker = (org: string, site: string, input: PushIn) => Promise<PushOut>;

export function pushTaker(
  log: CenterLog,
  keysOf: (org: string) => Promise<CenterKeys>,
  world: World,
  verify: Verify,
): PushTaker {
  const queues = new Map<string, Waiting[]>();

  /** Lets in what is at the door: a turn of the loop costs less than a step of its own for one that comes with it. */
  const allIn = async (org: string): Promise<void> => {
    for (let before = -1, now = queues.get(org)?.length ?? 0; now > before; now = queues.get(org)?.length ?? 0) {
      before = now;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };

  const drain = async (org: string, keys: CenterKeys): Promise<void> => {
    for (;;) {
      await allIn(org);
      const queue = queues.get(org) ?? [];
      if (queue.length === 0) {
        queues.delete(org);
        return;
      }
      let frames = 0;
      let count = 0;
      while (count < queue.length && (count === 0 || frames < MOST_FRAMES)) {
        frames += queue[count++]?.push.frames.length ?? 0;
      }
      await takeTogether(queue.splice(0, count), org, keys);
    }
  };

  const takeTogether = async (group: readonly Waiting[], org: string, keys: CenterKeys): Promise<void> => {
    try {
      const pushes = group.map((one) => one.push);
      const taken = await log.intake(org, (tx) => takePushes(tx, pushes, keys.signer, world), undefined, true);
      group.forEach((one, i) => {
        one.settle(taken[i] as Taken);
      });
    } catch (error) {
      // One that cannot be taken must not fail those it came with.
      if (group.length === 1) group[0]?.fail(error);
      else for (const one of group) await takeTogether([one], org, keys);
    }
  };

  return async (org, site, input) => {
    const keys = await keysOf(org);
    const push = await preparePush(log, keys.publicKeys, verify, org, site, input);
    const taken = await new Promise<Taken>((settle, fail) => {
      const queue = queues.get(org);
      if (queue) {
        queue.push({ push, settle, fail });
        return;
      }
      queues.set(org, [{ push, settle, fail }]);
      void drain(org, keys);
    });
    return acknowledge(taken, keys.signer);
  };
}
