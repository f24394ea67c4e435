/** What Enter means in the status strip of a unit: which status was typed, or what is said with one that asks for more. Pure. */
import { objectionToCount } from '#domain/cad/command/hospital.ts';
import { reasonAndMinutes } from '#domain/cad/command/reason-and-minutes.ts';
import type { StatusCode } from '#domain/cad/status.ts';
import { onlyNamed, severalNamed } from '../../ui/only-named.ts';
import { placeTyped } from './place-typed.ts';

interface Place {
  readonly id: string;
  readonly body: { readonly short: string; readonly name: string };
}

/** What a status is pressed with, beside its code. */
export interface Said {
  readonly reason?: string;
  /** ms UTC */
  readonly until?: number;
  readonly post?: string;
  readonly destination?: { readonly id?: string; readonly name: string };
  readonly patients?: number;
}

/** Nothing where nothing was typed, or why it cannot be taken. */
export type Entered<T> = { readonly is: T } | { readonly error: string } | null;

export function codesLike(typed: string, statuses: readonly StatusCode[]): readonly StatusCode[] {
  const code = typed.trim().toUpperCase();
  return statuses.filter((status) => status.code.startsWith(code) || status.label.toUpperCase().includes(code));
}

export function codeEntered(typed: string, statuses: readonly StatusCode[]): Entered<StatusCode> {
  if (typed.trim() === '') return null;
  const named = onlyNamed(statuses, ({ code, label }) => [code, label], typed);
  if (named) return { is: named };
  const like = codesLike(typed, statuses).map(({ code }) => code);
  return { error: severalNamed(typed, like) };
}

/** Where to, with how many patients (null where nobody said): a place that was chosen. */
export function saidOfPlace(asks: StatusCode['asks'], { id, body }: Place, patients: number | null): Entered<Said> {
  return asks === 'hospital'
    ? counted({ destination: { id, name: body.name } }, patients)
    : { is: { post: body.name } };
}

/** `now` in ms UTC: minutes are counted from it. */
export function saidEntered(
  asks: StatusCode['asks'],
  typed: string,
  places: readonly Place[],
  now: number,
): Entered<Said> {
  if (asks === 'reason') {
    const { reason, minutes } = reasonAndMinutes(typed);
    return {
      is: { ...(reason ? { reason } : {}), ...(minutes === null ? {} : { until: now + minutes * 60_000 }) },
    };
  }
  const { words, patients, matching } = placeTyped(typed, places, asks);
  // What is missing then the action asks for.
  if (words === '') return counted({}, patients);
  const place = onlyNamed(places, ({ body }) => [body.short, body.name], words);
  if (place) return saidOfPlace(asks, place, patients);
  if (matching.length > 0) {
    const like = matching.map(({ body }) => body.short);
    return { error: severalNamed(words, like) };
  }
  return { is: asks === 'hospital' ? { destination: { name: words } } : { post: words } };
}

function counted(said: Said, patients: number | null): Entered<Said> {
  if (patients === null) return { is: said };
  const objection = objectionToCount(patients);
  return objection === null ? { is: { ...said, patients } } : { error: objection };
}
