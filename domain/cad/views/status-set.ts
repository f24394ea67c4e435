/** Statuses of an agency, and the codes that actions press by meaning. */
import type { RosterBody } from '../roster.ts';
import { DEFAULT_STATUSES, type StandardStatus, type StatusCode } from '../status.ts';

/** An agency's own statuses, else the site's (agency null), else the default chain. In order. */
export function statusesFor(sets: Iterable<RosterBody<'status_set'>>, agency: string | null): readonly StatusCode[] {
  let general: readonly StatusCode[] | undefined;
  for (const set of sets) {
    if (agency !== null && set.agency === agency) return inOrder(set.statuses);
    if (set.agency === null) general = set.statuses;
  }
  return inOrder(general ?? DEFAULT_STATUSES);
}

function inOrder(statuses: readonly StatusCode[]): readonly StatusCode[] {
  return [...statuses].sort((a, b) => a.order - b.order);
}

/** Stands for the code of a unit that two consoles blindly sent to different incidents, or set to different statuses. */
export const CONFLICT_CODE = '!!';

/** The status with a code, however its letters are cased. */
export function statusByCode(statuses: readonly StatusCode[], code: string): StatusCode | undefined {
  const wanted = code.toUpperCase();
  return statuses.find((status) => status.code.toUpperCase() === wanted);
}

const FALLBACK_CODE: { readonly [S in StandardStatus]?: string } = { canceled: 'CX' };

/** The code that stands for a meaning in these statuses; the default one where an agency has none. */
export function codeFor(statuses: readonly StatusCode[], standard: StandardStatus): string {
  return (
    statuses.find((status) => status.standard === standard)?.code ??
    DEFAULT_STATUSES.find((status) => status.standard === standard)?.code ??
    FALLBACK_CODE[standard] ??
    '??'
  );
}

/** What a status is called; its standard's name where the code is not of this agency. */
export function labelOf(statuses: readonly StatusCode[], code: string, standard: string): string {
  return statusByCode(statuses, code)?.label ?? standard.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
