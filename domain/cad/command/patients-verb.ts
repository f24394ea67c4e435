/** `PT M36 2`: how many patients a unit took, of its last journey, or with `J1` of the first. */
import { patientsWords } from '../sentences/words.ts';
import { objectionToCount } from './hospital.ts';
import { journeyNamed } from './journey-word.ts';
import { type Line, needs, type Parsed, placeBefore, refusal } from './reading.ts';
import { nothingMore, takeIncidentIfNamed, taken, takeUnits } from './take.ts';
import { askWhich, ownRun } from './unit-verbs.ts';
import type { IncidentWord, UnitWord } from './vocabulary.ts';

const COUNT = /^\d{1,3}$/;

/** Whether word `n` counts patients: a short number that no other number follows. */
function isCount(line: Line, n: number): boolean {
  const [text, after] = [line.words[n]?.text ?? '', line.words[n + 1]?.text];
  return COUNT.test(text) && (after === undefined || journeyNamed(after) !== null);
}

/** The run of a unit on a call, or on the only one that it is on. */
function runOf(
  { vocabulary }: Line,
  unit: UnitWord,
  incident: IncidentWord | null,
): { of: string; number: string; journey: number | null } | null {
  const run = incident ? unit.on.find(({ id }) => id === incident.id) : unit.on[0];
  if (run) return { of: `assignment:${run.assignment}`, number: run.number, journey: run.journey };
  if (!incident) return null;
  const of = `assignment:${vocabulary.assignment(incident.id, unit.id)}`;
  return { of, number: incident.number, journey: null };
}

const onJourney = (journey: number | null): string => (journey === null ? '' : `, journey ${journey}`);

export function readPatients(line: Line): Parsed {
  const units = takeUnits(line, 0);
  if (!units.ok) return units.answer;
  const [unit, another] = units.value;
  if (!unit || another) return refusal('unit.many', 'Patients are counted of one unit.', 'unit');
  const own = isCount(line, units.next) ? undefined : ownRun(line, units.value, units.next);
  const named = own
    ? taken(own, units.next + 1)
    : isCount(line, units.next)
      ? taken(null, units.next)
      : takeIncidentIfNamed(line, units.next);
  if (!named.ok) return named.answer;
  const { value: incident, next } = named;
  const asked = incident ? null : askWhich(line, unit, next);
  if (asked) return asked;
  const run = runOf(line, unit, incident ?? (unit.on.length === 0 ? line.incident : null));
  if (!run) {
    const ask = `${unit.callsign} is on nothing now. Of which call?`;
    return needs(line, 'incident', ask, [], placeBefore(line, next));
  }
  const word = line.words[next];
  const who = `${unit.callsign} on ${run.number}`;
  if (!word) return needs(line, 'patients', `How many patients with ${who}${onJourney(run.journey)}?`);
  if (!COUNT.test(word.text))
    return refusal('field.invalid', `“${word.text.slice(0, 40)}” is no number of patients.`, 'patients');
  const patients = Number(word.text);
  const objection = objectionToCount(patients);
  if (objection !== null) return refusal('field.invalid', objection, 'patients');
  const on = journeyNamed(line.words[next + 1]?.text ?? '');
  const more = nothingMore(line, on === null ? next + 1 : next + 2);
  if (more) return more;
  if (on === 0) return refusal('field.invalid', 'The first journey is J1.', 'journey');
  const input = { of: run.of, patients, ...(on === null ? {} : { journey: on }) };
  const ghost = `${who}${onJourney(on ?? run.journey)}: ${patientsWords(patients)}`;
  return { kind: 'calls', calls: [{ name: 'unit.patients', input }], ghost };
}
