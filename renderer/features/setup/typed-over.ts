/**
 * What is typed over a record that somebody else may save at the same time. Pure.
 *
 * Invariants:
 *  1. What was typed is never taken away: where somebody else saved something else there, both stand until one is chosen.
 *  2. What was not touched follows what was saved, and says that it did.
 */
import { type Json, sameValue } from '#domain/kernel/json.ts';

export type Fields = { readonly [field: string]: Json };

export interface TypedOver<T extends Fields> {
  readonly typed: T;
  /** The record as it was last seen to be. */
  readonly stands: T;
  /** The last that was heard of it: what stands, or older where it was saved since. */
  readonly seen: T;
  /** Fields that followed what somebody else saved. */
  readonly followed: readonly (keyof T & string)[];
  /** Fields in which what was typed stands against what somebody else saved. */
  readonly against: readonly (keyof T & string)[];
}

export const beginOver = <T extends Fields>(stands: T): TypedOver<T> => ({
  typed: stands,
  stands,
  seen: stands,
  followed: [],
  against: [],
});

const namesOf = <T extends Fields>(of: T): readonly (keyof T & string)[] => Object.keys(of);

/** As it was left off: what was typed over a record that stood as `stood` then, and against what; what was saved since is to be followed. */
export function goOnOver<T extends Fields>(typed: T, stood: T, against: readonly string[]): TypedOver<T> {
  return { ...beginOver(stood), typed, against: namesOf(stood).filter((name) => against.includes(name)) };
}

/** The record is as `now` says; the same where nothing is new. */
export function followOver<T extends Fields>(at: TypedOver<T>, now: T): TypedOver<T> {
  if (sameValue(now, at.seen)) return at;
  const news = namesOf(now).filter((name) => !sameValue(now[name], at.stands[name]));
  const untouched = news.filter((name) => sameValue(at.typed[name], at.stands[name]));
  const against = news.filter((name) => !untouched.includes(name) && !sameValue(at.typed[name], now[name]));
  const others = <N extends string>(names: readonly N[]): readonly N[] =>
    names.filter((name) => !news.some((one) => one === name));
  return {
    typed: { ...at.typed, ...Object.fromEntries(untouched.map((name) => [name, now[name]])) },
    stands: now,
    seen: now,
    followed: [...others(at.followed), ...untouched],
    against: [...others(at.against), ...against],
  };
}

/** Somebody types: what followed is then theirs, and what agrees stands against nothing. */
export function typeOver<T extends Fields>(at: TypedOver<T>, field: keyof T & string, value: Json): TypedOver<T> {
  return {
    ...at,
    typed: { ...at.typed, [field]: value },
    followed: at.followed.filter((name) => name !== field),
    against: sameValue(value, at.stands[field]) ? at.against.filter((name) => name !== field) : at.against,
  };
}

/** One of both is chosen: `mine` is saved over theirs then, knowingly. */
export function chooseOver<T extends Fields>(
  at: TypedOver<T>,
  field: keyof T & string,
  which: 'mine' | 'theirs',
): TypedOver<T> {
  if (which === 'theirs') return typeOver(at, field, at.stands[field] ?? null);
  return { ...at, against: at.against.filter((name) => name !== field) };
}

/** It was saved as this, by oneself: what is still known from before the save is no news. */
export const saveOver = <T extends Fields>(at: TypedOver<T>, saved: T): TypedOver<T> => ({
  ...beginOver(saved),
  seen: at.seen,
});
