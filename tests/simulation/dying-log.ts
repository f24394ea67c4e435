/** The center's log under a process that dies: between any two calls of a step, or between its commit and its answer. */

import type { IntakeTransaction } from '../../server/kernel/intake/port.ts';
import type { LogBackup, MemoryLog } from '../../server/kernel/intake/testing/memory.ts';

/** Thrown where the center's process ends: nothing of it runs on, and it answers nobody. */
export class CenterDown extends Error {}

export interface Dying {
  readonly log: MemoryLog;
  /** Dies at the `calls`-th call from now that a step makes of the log; a commit counts as one. */
  readonly dieAt: (calls: number) => void;
  readonly disarm: () => void;
}

/**
 * `life` tells which life of the process this is: a step that an earlier one began writes nothing. `died` ends it;
 * `remains` is told where a step that was cut short has left something behind.
 */
export function dyingLog(
  log: MemoryLog,
  life: () => number,
  died: (where: string) => void,
  remains: (what: string) => void,
): Dying {
  let left: number | null = null;
  const due = (): boolean => {
    if (left === null || --left > 0) return false;
    left = null;
    return true;
  };

  const mortal = (tx: IntakeTransaction, mine: number): IntakeTransaction =>
    new Proxy(tx, {
      get: (of, name) => {
        const member: unknown = Reflect.get(of, name);
        // What facts do is no call of the log.
        if (typeof member !== 'function' || name === 'effectsOf') return member;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          if (life() === mine && due()) died(`before ${String(name)}`);
          if (life() !== mine) throw new CenterDown();
          return Reflect.apply(member, of, args);
        };
      },
    });

  return {
    log: {
      ...log,
      intake: async (org, work, scope) => {
        const mine = life();
        let before: LogBackup | null = null;
        const step = (tx: IntakeTransaction): ReturnType<typeof work> => {
          if (life() !== mine) throw new CenterDown();
          if (left === null) return work(tx);
          before = log.snapshot();
          return work(mortal(tx, mine));
        };
        const value = await log.intake(org, step, scope).catch((error: unknown) => {
          if (error instanceof CenterDown && before !== null && !isSame(before, log.snapshot()))
            remains('a step of the center that was cut short is not rolled back whole');
          throw error;
        });
        if (life() === mine && due()) died('between commit and answer');
        if (life() !== mine) throw new CenterDown();
        return value;
      },
      beginEpoch: async (...begun) => {
        const mine = life();
        if (life() !== mine) throw new CenterDown();
        await log.beginEpoch(...begun);
        if (life() === mine && due()) died('after an epoch began');
        if (life() !== mine) throw new CenterDown();
      },
    },
    dieAt: (calls) => {
      left = calls;
    },
    disarm: () => {
      left = null;
    },
  };
}

/** Values of a log are never changed in place, so what is the same is the very same. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isSame(value, b.get(key)));
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => Object.is(one, b[i]));
  if (!isPlain(a) || !isPlain(b)) return false;
  return isSame(new Map(Object.entries(a)), new Map(Object.entries(b)));
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
