/** For how long a key is used (NIST SP 800-57 Part 1 Rev. 5, 5.3.6), as docs/security/keys.md says of each. */
import type { KeyShown } from './api/keys.ts';

const DAY_MS = 86_400_000;
const A_YEAR_MS = 365 * DAY_MS;

/** Milliseconds that a key of each level is used from when it was made; null where it lives as long as what it sealed. */
export const CRYPTOPERIODS: { readonly [L in KeyShown['level']]: number | null } = {
  master: A_YEAR_MS,
  organisation: A_YEAR_MS,
  site: A_YEAR_MS,
  signing: A_YEAR_MS,
  entity: null,
  secrets: A_YEAR_MS,
  index: A_YEAR_MS,
};

/** When another has to take over from a key that is used, or will be; null where none has to, and for what makes nothing any more. */
export function changeDue({ level, state, createdAt }: Pick<KeyShown, 'level' | 'state' | 'createdAt'>): number | null {
  const period = CRYPTOPERIODS[level];
  return period === null || state === 'retired' ? null : createdAt + period;
}

/** Of a key whose time is over it is said so, and nothing stops: what it protects is needed, and whoever rotates it is a person. */
export function isOverdue(key: Pick<KeyShown, 'level' | 'state' | 'createdAt'>, now: number): boolean {
  const due = changeDue(key);
  return due !== null && now >= due;
}
