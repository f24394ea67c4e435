/** Whose own numbers of a call its form asks for. Pure. */
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { systemOf } from '#domain/cad/references.ts';
import type { RosterBody } from '#domain/cad/roster.ts';

export interface NumberedAgency {
  /** Under which the incident keeps its number. */
  readonly system: string;
  /** The short name that people say. */
  readonly short: string;
  readonly name: string;
}

interface Rows<B> {
  readonly [id: string]: { readonly id: string; readonly body: B };
}

/** So few are all shown; of more those that have to do with the call. */
const FEW = 4;

/** By their short names: all where they are few, else those that have a unit on it or a number of it. `NR` names any. */
export function agenciesAsked(
  row: Pick<IncidentRow, 'units' | 'references'> | null,
  agencies: Rows<RosterBody<'agency'>>,
  units: Rows<RosterBody<'roster_unit'>>,
): readonly NumberedAgency[] {
  const known = Object.values(agencies).flatMap(({ id, body }) => {
    const system = systemOf(body);
    return system === null ? [] : [{ id, system, short: body.short, name: body.name }];
  });
  const there = new Set(row?.units.map(({ unit }) => units[unit]?.body.agency));
  return known
    .filter(({ id, system }) => known.length <= FEW || there.has(id) || row?.references[system] !== undefined)
    .map(({ system, short, name }) => ({ system, short, name }))
    .sort((a, b) => (a.short < b.short ? -1 : 1));
}
