/**
 * Slows down guessing of what the center judges: after five wrong passwords for one login each further one has to wait, up to a
 * minute. The center counts and pauses besides; what it does not judge is counted in `guesses.ts`.
 */
const FREE = 5;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const MAX_LOGINS = 1_000;

export interface Pace {
  /** Milliseconds until this login may be tried again; 0 for now. */
  readonly wait: (login: string) => number;
  readonly wrong: (login: string) => void;
  readonly right: (login: string) => void;
}

/** `clock` in ms; any steady one. */
export function createPace(clock: () => number): Pace {
  const held = new Map<string, { readonly times: number; readonly until: number }>();
  const nameOf = (login: string): string => login.trim().toLowerCase();
  return {
    wait: (login) => Math.max(0, (held.get(nameOf(login))?.until ?? 0) - clock()),
    wrong: (login) => {
      const name = nameOf(login);
      const times = (held.get(name)?.times ?? 0) + 1;
      const wait = times < FREE ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (times - FREE));
      if (held.size >= MAX_LOGINS) held.clear();
      held.set(name, { times, until: clock() + wait });
    },
    right: (login) => void held.delete(nameOf(login)),
  };
}
