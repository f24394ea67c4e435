/** What the verbs that settle something share: whose it is, and which of what stands there is meant by words of it. */
import { type EntityRef, entityRef } from '../../kernel/ids.ts';
import {
  findIncident,
  incidentOption,
  type Line,
  namesUnits,
  needs,
  type Parsed,
  refusal,
  unitOption,
} from './reading.ts';
import { takeIncident, takeUnits } from './take.ts';

/** The unit or incident that a line settles something of; `next` is the first word after it. */
export interface Subject {
  readonly name: string;
  readonly ref: EntityRef;
  readonly next: number;
}

/** How many are to be settled of a unit or incident, by its reference. */
export type Waiting = (ref: EntityRef) => number;

/** Whole in a line as long as one may be; what is longer is found by how it begins. Characters. */
const MOST_INSERTED = 80;

/** What is said, in one line: a note may have several. */
const inOneLine = (said: string): string => said.replace(/\s+/g, ' ').trim();

/** How Tab and a choice say it. */
export const inserted = (said: string): string => inOneLine(said).slice(0, MOST_INSERTED).trim();

/** Those that are said so, else those that begin so, else those with each word in them. */
export function meantOf<S extends { readonly said: string }>(all: readonly S[], text: string): readonly S[] {
  const wanted = text.toUpperCase();
  const ways: readonly ((said: string) => boolean)[] = [
    (said) => said === wanted,
    (said) => said.startsWith(wanted),
    (said) => wanted.split(/\s+/).every((word) => said.includes(word)),
  ];
  for (const fits of ways) {
    const found = all.filter(({ said }) => fits(inOneLine(said).toUpperCase()));
    if (found.length > 0) return found;
  }
  return [];
}

/** Units and open incidents of which something is to be settled; `none` where there are none. */
export function askWhose(line: Line, waiting: Waiting, none: string): Parsed {
  const { vocabulary } = line;
  const units = vocabulary.units().filter(({ id }) => waiting(entityRef('unit', id)) > 0);
  const incidents = vocabulary.incidents.open().filter(({ id }) => waiting(entityRef('incident', id)) > 0);
  if (units.length + incidents.length === 0) return refusal('conflict.none', none);
  return needs(line, 'incident', 'Settle which?', [...units.map(unitOption), ...incidents.map(incidentOption)]);
}

/** Null where nothing is named and no incident or unit is selected. */
export function subjectOf(line: Line, waiting: Waiting): Subject | Parsed | null {
  const { vocabulary } = line;
  const [first] = line.words;
  if (line.unit && !(first && (namesUnits(vocabulary, first.text) || findIncident(vocabulary, first.text))))
    return { name: line.unit.callsign, ref: entityRef('unit', line.unit.id), next: 0 };
  if (first && namesUnits(vocabulary, first.text)) {
    const units = takeUnits(line, 0);
    if (!units.ok) return units.answer;
    const [unit, another] = units.value;
    if (!unit || another) return refusal('unit.many', 'Name one unit: one thing is settled at a time.', 'unit');
    return { name: unit.callsign, ref: entityRef('unit', unit.id), next: units.next };
  }
  if (!first && !line.incident) return null;
  const isSelectedToSettle = line.incident !== null && waiting(entityRef('incident', line.incident.id)) > 0;
  const incident = takeIncident(line, 0, isSelectedToSettle ? 'text' : 'no text');
  if (!incident.ok) return incident.answer;
  const { id, number } = incident.value;
  return { name: number, ref: entityRef('incident', id), next: incident.next };
}
