/**
 * Wrong passwords that this station judges, because nobody else can or before the center does: counted in the store, so that a restart
 * forgets none, and paused by the organisation's policy. A pause is told to the center when it is reached. What the center judges, it
 * counts itself.
 */
import { z } from 'zod';
import { afterFailure, type Failures, isPaused, NO_FAILURES } from '../../domain/identity/lockout.ts';
import { DEFAULT_POLICY, LockoutSchema } from '../../domain/identity/policy.ts';
import { type Guessed, MAX_GUESSES } from '../../domain/wire/sync.ts';
import { keptIfRoom } from '../store/state.ts';
import type { Store } from '../store/store.ts';

const OWNER = 'guesses';
const POLICY = 'lockout';
/** No policy pauses for longer. */
const LONGEST_PAUSE_MS = 24 * 3_600_000;

const HeldSchema = z.strictObject({
  times: z.array(z.int()),
  pausedUntil: z.int().nullable(),
  /** A pause of which the center has not heard. */
  untold: z.strictObject({ tries: z.int(), at: z.int(), until: z.int() }).nullable(),
});
type Held = z.infer<typeof HeldSchema>;
const NONE: Held = { ...NO_FAILURES, times: [], untold: null };

export interface Guesses {
  /** ms until passwords of this login are looked at again; 0 for now. */
  readonly wait: (login: string) => number;
  /**
   * Looks at a password by `holds`, one at a time, unless the login is paused. `toCenter`: what is not right here is the center's to
   * judge next, so that it hears of a pause by itself.
   */
  readonly judge: (
    login: string,
    holds: () => Promise<boolean>,
    toCenter?: boolean,
  ) => Promise<'right' | 'wrong' | 'paused'>;
  /** The center found the password right. */
  readonly right: (login: string) => void;
  /** Keeps the policy as the center said it. */
  readonly keepPolicy: (lockout: Guessed['by']) => void;
}

type Values = Pick<Store, 'value' | 'values' | 'saveValue'>;
const nameOf = (login: string): string => login.trim().toLowerCase();

function heldOf(store: Pick<Values, 'value'>, login: string): Held {
  const kept = HeldSchema.safeParse(store.value('setting', OWNER, nameOf(login)));
  return kept.success ? kept.data : NONE;
}

/** Without what this clock, set far ahead, put into a time that is still to come: it would pause sign-in until then. */
function standing(held: Held, now: number): Held {
  const { pausedUntil } = held;
  const isToCome = pausedUntil !== null && pausedUntil > now + LONGEST_PAUSE_MS;
  return { ...held, times: held.times.filter((time) => time <= now), pausedUntil: isToCome ? null : pausedUntil };
}

function policyOf(store: Pick<Values, 'value'>): Guessed['by'] {
  const kept = LockoutSchema.safeParse(store.value('setting', 'center', POLICY));
  return kept.success ? kept.data : DEFAULT_POLICY.lockout;
}

/** `clock` in ms UTC, never before the highest that the store has seen: turning it back shortens no pause. */
export function createGuesses(store: Values, clock: () => number): Guesses {
  let turn: Promise<unknown> = Promise.resolve();
  /** What a full disk did not take, by login: it counts here, and is given to the store again with the next look. */
  const unkept = new Map<string, Held | null>();
  const keep = (): void => {
    for (const [name, held] of unkept)
      if (keptIfRoom(() => store.saveValue('setting', OWNER, name, held))) unkept.delete(name);
  };
  const save = (login: string, held: Held | null): void => {
    unkept.set(nameOf(login), held);
    keep();
  };
  const counted = (login: string): Held => {
    const held = unkept.get(nameOf(login));
    return standing(held === undefined ? heldOf(store, login) : (held ?? NONE), clock());
  };
  const wait = (login: string): number => Math.max(0, (counted(login).pausedUntil ?? 0) - clock());

  /** What waits to be told outlasts the right password that ends the run. */
  const right = (login: string): void => {
    const { times, pausedUntil, untold } = counted(login);
    if (times.length === 0 && pausedUntil === null) return;
    save(login, untold === null ? null : { ...NONE, untold });
  };
  const wrong = (login: string, toCenter: boolean): void => {
    const held = counted(login);
    const by = policyOf(store);
    const now = clock();
    const next: Failures = afterFailure(held, now, by);
    const begins = !toCenter && !isPaused(held, now) && next.pausedUntil !== null;
    const untold = begins
      ? { tries: (held.untold?.tries ?? 0) + by.tries, at: now, until: next.pausedUntil ?? now }
      : held.untold;
    save(login, { times: [...next.times], pausedUntil: next.pausedUntil, untold });
  };
  const look: Guesses['judge'] = async (login, holds, toCenter = false) => {
    keep();
    if (wait(login) > 0) return 'paused';
    const good = await holds();
    if (good) right(login);
    else wrong(login, toCenter);
    return good ? 'right' : 'wrong';
  };
  return {
    wait,
    judge: (login, holds, toCenter) => {
      const judged = turn.then(() => look(login, holds, toCenter));
      turn = judged.catch(() => undefined);
      return judged;
    },
    right,
    keepPolicy: (lockout) => void keptIfRoom(() => store.saveValue('setting', 'center', POLICY, lockout)),
  };
}

/** The pauses of which the center has not heard. */
export function untoldGuesses(store: Values): readonly Guessed[] {
  const logins = [...store.values('setting', OWNER).keys()];
  if (logins.length === 0) return [];
  const by = policyOf(store);
  const untold = logins.flatMap((login) => {
    const of = heldOf(store, login).untold;
    return of === null ? [] : [{ login, ...of, by }];
  });
  return untold.slice(0, MAX_GUESSES);
}

/** The center has heard of these. */
export function guessesTold(store: Values, told: readonly Guessed[]): void {
  for (const { login, at } of told) {
    const held = heldOf(store, login);
    if (held.untold?.at !== at) continue;
    const rest = { ...held, untold: null };
    store.saveValue('setting', OWNER, login, rest.pausedUntil === null && rest.times.length === 0 ? null : rest);
  }
}
