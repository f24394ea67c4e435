/**
 * `SETTLE 10418 1200 Oak`, `SETTLE M36 10418`: of what two consoles said without knowing of each other, the side that stands. A side is
 * named by words of it, never by where it stands in a list: another that comes meanwhile would change which is meant.
 */
import type { ConflictRow } from '../../bridge/topics.ts';
import { listed } from '../sentences/words.ts';
import {
  findIncident,
  incidentOption,
  type Line,
  namesUnits,
  needs,
  type Parsed,
  refusal,
  restAsWord,
  unitOption,
} from './reading.ts';
import { takeIncident, takeUnits } from './take.ts';

interface Side {
  readonly conflict: ConflictRow;
  readonly fact: string;
  readonly said: string;
  /** What it is of, who entered it, and where. */
  readonly label: string;
}

interface Subject {
  readonly name: string;
  readonly conflicts: readonly ConflictRow[];
  readonly next: number;
}

function sidesOf(conflicts: readonly ConflictRow[]): readonly Side[] {
  return conflicts.flatMap((conflict) =>
    conflict.sides.map(({ fact, said, by, position }) => ({
      conflict,
      fact,
      said,
      label: `${conflict.title}: ${[said, by, position].filter(Boolean).join(' · ')}`,
    })),
  );
}

/** What is in conflict, and of whom: titles of units' conflicts say it themselves. */
const whatOf = ({ title }: ConflictRow, name: string): string => (title.startsWith(name) ? title : `${name} ${title}`);

/** Those that are said so, else those that begin so, else those with each word in them. */
function meant(sides: readonly Side[], text: string): readonly Side[] {
  const wanted = text.toUpperCase();
  const ways: readonly ((said: string) => boolean)[] = [
    (said) => said === wanted,
    (said) => said.startsWith(wanted),
    (said) => wanted.split(/\s+/).every((word) => said.includes(word)),
  ];
  for (const fits of ways) {
    const found = sides.filter(({ said }) => fits(said.toUpperCase()));
    if (found.length > 0) return found;
  }
  return [];
}

/** Units and open incidents of which something is to be settled. */
function askWhose(line: Line): Parsed {
  const { vocabulary } = line;
  const units = vocabulary.units().filter(({ id }) => vocabulary.conflictsOf(`unit:${id}`).length > 0);
  const incidents = vocabulary.incidents.open().filter(({ id }) => vocabulary.conflictsOf(`incident:${id}`).length > 0);
  if (units.length + incidents.length === 0)
    return refusal('conflict.none', 'No conflict is to be settled. F7 goes to what else is.');
  return needs(line, 'incident', 'Settle which?', [...units.map(unitOption), ...incidents.map(incidentOption)]);
}

function subjectOf(line: Line): Subject | Parsed {
  const { vocabulary } = line;
  const [first] = line.words;
  if (line.unit && !(first && (namesUnits(vocabulary, first.text) || findIncident(vocabulary, first.text))))
    return { name: line.unit.callsign, conflicts: vocabulary.conflictsOf(`unit:${line.unit.id}`), next: 0 };
  if (first && namesUnits(vocabulary, first.text)) {
    const units = takeUnits(line, 0);
    if (!units.ok) return units.answer;
    const [unit, another] = units.value;
    if (!unit || another) return refusal('unit.many', 'Name one unit: one thing is settled at a time.', 'unit');
    return { name: unit.callsign, conflicts: vocabulary.conflictsOf(`unit:${unit.id}`), next: units.next };
  }
  if (!first && !line.incident) return askWhose(line);
  const isSelectedToSettle =
    line.incident !== null && vocabulary.conflictsOf(`incident:${line.incident.id}`).length > 0;
  const incident = takeIncident(line, 0, isSelectedToSettle ? 'text' : 'no text');
  if (!incident.ok) return incident.answer;
  const { id, number } = incident.value;
  return { name: number, conflicts: vocabulary.conflictsOf(`incident:${id}`), next: incident.next };
}

export function readSettle(line: Line): Parsed {
  const subject = subjectOf(line);
  if ('kind' in subject) return subject;
  const { name, conflicts, next } = subject;
  // What is selected has nothing to settle, and nothing else is named.
  if (conflicts.length === 0 && line.words.length === 0) return askWhose(line);
  if (conflicts.length === 0)
    return refusal('conflict.none', `${name}: no conflict is to be settled. F7 goes to what else is.`);
  const sides = sidesOf(conflicts);
  const typed = restAsWord(line, next);
  const found = typed ? meant(sides, typed.text) : sides;
  const [side, another] = found;
  if (!side || another) {
    const options = (side ? found : sides).map(({ said, label }) => ({ insert: said, label }));
    const about = listed(conflicts.map((one) => whatOf(one, name)));
    const ask = side ? `${about}. Which stands?` : `No side of ${name} says ${typed?.text}. Which stands?`;
    if (typed && side && found.every(({ said }) => said === side.said))
      return refusal('side.alike', `${name}: several sides say ${side.said}. F7 goes to them, and tells them apart.`);
    return needs(line, 'text', ask, options, typed);
  }
  const { conflict, fact, said } = side;
  const others = listed(conflict.sides.filter((one) => one.fact !== fact).map((one) => one.said));
  const input = { entity: conflict.entity, register: conflict.register, side: fact };
  return {
    kind: 'calls',
    calls: [{ name: 'conflict.settle', input }],
    ghost: `Settle ${whatOf(conflict, name)}: ${said} stands, ${others} is set aside`,
  };
}
