/** The numbers that others know an incident by, `system → number`: agencies with a dispatch or records of their own, what a replay reads. */
import type { RosterBody } from './roster.ts';
import type { World } from './views/world.ts';

/** The longest number of another system. Characters. */
export const LONGEST_REFERENCE = 64;

/**
 * Under which name an incident keeps an agency's number, from its short name: `HC-FD` is `HC_FD`. Null where it has letters that such a
 * name cannot have (it is part of a fact's frozen shape: A to Z, digits and `_`).
 */
export function systemOf({ short }: Pick<RosterBody<'agency'>, 'short'>): string | null {
  const plain = /^[\x20-\x7e]+$/.test(short) && /[A-Za-z0-9]/.test(short);
  return plain ? short.replace(/[^A-Za-z0-9]+/g, '_') : null;
}

/** The short name of the agency whose numbers these are; null where they are no agency's. */
export function agencyOfSystem(system: string, { records }: Pick<World, 'records'>): string | null {
  for (const { body } of records('agency')) if (systemOf(body) === system) return body.short;
  return null;
}
