/**
 * The number an incident is shown by. Numbers are unique by lease; should two incidents ever carry one, the one whose
 * opening has the lower (hlc, fact id) keeps it and the others show it with `/2`, `/3`… Nothing is overwritten.
 *
 * Invariant: the same openings give the same shown numbers, whatever order they came in.
 */
import type { Folded } from '../../kernel/fold.ts';
import type { EntityRef, FactId } from '../../kernel/ids.ts';

export interface Opening {
  readonly incident: EntityRef;
  readonly number: string;
  readonly hlc: string;
  readonly fact: FactId;
}

/** The opening of an incident as its fold knows it, one that counts before one that does not; null while none has come. */
export function openingOf(folded: Folded): Opening | null {
  const claims = folded.registers.number ?? [];
  const claim = claims.find(({ contested }) => !contested) ?? claims[0];
  return claim && typeof claim.value === 'string'
    ? { incident: folded.ref, number: claim.value, hlc: claim.hlc, fact: claim.fact }
    : null;
}

function before(a: Opening, b: Opening): number {
  if (a.hlc !== b.hlc) return a.hlc < b.hlc ? -1 : 1;
  return a.fact < b.fact ? -1 : a.fact > b.fact ? 1 : 0;
}

export interface NumberBook {
  /** Takes note of the opening of an incident, in place of the one before. Returns the other incidents whose shown number changed by it: mostly none. */
  readonly add: (opening: Opening) => readonly EntityRef[];
  /** Takes an incident out whose opening no longer counts. Returns the other incidents whose shown number changed. */
  readonly remove: (incident: EntityRef) => readonly EntityRef[];
  /** The number to show; `no number` while its opening has not come. */
  readonly numberOf: (incident: EntityRef) => string;
}

/** An index over all incidents; adding costs as much as there are incidents with that very number. */
export function createNumberBook(): NumberBook {
  const byNumber = new Map<string, Opening[]>();
  const held = new Map<EntityRef, Opening>();
  const shown = new Map<EntityRef, string>();
  const keep = (number: string, openings: Opening[], besides: EntityRef): EntityRef[] => {
    byNumber.set(number, openings);
    const changed: EntityRef[] = [];
    openings.forEach((one, i) => {
      const text = i === 0 ? one.number : `${one.number}/${i + 1}`;
      if (one.incident !== besides && shown.get(one.incident) !== text) changed.push(one.incident);
      shown.set(one.incident, text);
    });
    return changed;
  };
  const remove = (incident: EntityRef): readonly EntityRef[] => {
    const number = held.get(incident)?.number;
    if (number === undefined) return [];
    held.delete(incident);
    shown.delete(incident);
    const left = (byNumber.get(number) ?? []).filter((one) => one.incident !== incident);
    return keep(number, left, incident);
  };
  return {
    add: (opening) => {
      const { incident, number } = opening;
      if (held.get(incident)?.fact === opening.fact) return [];
      const left = remove(incident);
      held.set(incident, opening);
      return [...left, ...keep(number, [...(byNumber.get(number) ?? []), opening].sort(before), incident)];
    },
    remove,
    numberOf: (incident) => shown.get(incident) ?? 'no number',
  };
}
