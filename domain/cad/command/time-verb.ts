/**
 * `T M36 OS 1402 reason`: records a time of a run, or with a reason amends it; `-` strikes it. `T M36 J2 AH 1502 reason`: of its
 * second journey. `T 10418 CALL 1402 reason`: of the call itself.
 */
import { clockTextOn, lastTimeOfDay } from '../sentences/local-time.ts';
import { TIME_WORDS } from '../sentences/words.ts';
import { isOfTheCall, TIME_ELEMENTS, TIME_OF, type TimeElement } from '../status.ts';
import { journeyNamed } from './journey-word.ts';
import {
  findStatus,
  type Line,
  namesUnits,
  needs,
  type Parsed,
  placeBefore,
  refusal,
  restFrom,
  unitOption,
} from './reading.ts';
import { takeIncident, takeIncidentIfNamed, taken, takeUnits } from './take.ts';
import { AHEAD, timeOfDay } from './time-of-day.ts';
import type { IncidentWord, Vocabulary } from './vocabulary.ts';

const ELEMENTS = Object.keys(TIME_ELEMENTS) as TimeElement[];
const OF_INCIDENT: { readonly [word: string]: TimeElement } = { CALL: 'psapCall', ENTRY: 'dispatchNotified' };

function elementOf(vocabulary: Vocabulary, word: string): TimeElement | null {
  const status = findStatus(vocabulary, word);
  if (status) return TIME_OF[status.standard];
  const wanted = word.toUpperCase();
  return OF_INCIDENT[wanted] ?? ELEMENTS.find((element) => element.toUpperCase() === wanted) ?? null;
}

/** A call's times lie in so long from its answer on, and in what is left of the day before it. */
const OF_ITS_DAY = 22 * 3_600_000;

/** The latest moment that a time of day can mean, ms UTC: of what goes on the newest one, of a call that is over one of its day. */
function latestOf({ now }: Vocabulary, call: IncidentWord | undefined): number {
  return Math.min(now + AHEAD, call && call.answeredAt > 0 ? call.answeredAt + OF_ITS_DAY : Number.POSITIVE_INFINITY);
}

interface Subject {
  readonly of: string;
  /** The incident that it is, or that the run was on. */
  readonly incident: { readonly id: string; readonly number: string };
  readonly latest: number;
  /** Of a run that may be from before its call was over and opened again: since when it is, and the latest moment of before. */
  readonly again?: { readonly since: number; readonly latest: number };
  readonly name: string;
  readonly next: number;
}

/** The incident that stands before a unit: `T 10418 M36 OS 1402`. Null where none does. */
function incidentBefore(line: Line): { readonly incident: IncidentWord; readonly next: number } | null {
  const [word, then] = line.words;
  if (!word || !then || namesUnits(line.vocabulary, word.text)) return null;
  if (!namesUnits(line.vocabulary, then.text) || elementOf(line.vocabulary, then.text)) return null;
  const named = takeIncidentIfNamed(line, 0);
  return named.ok && named.value ? { incident: named.value, next: named.next } : null;
}

/** What the time is of: a unit's run, or the incident itself. */
function subjectOf(line: Line): Subject | Parsed {
  const word = line.words[0];
  const before = incidentBefore(line);
  const unitFirst = word !== undefined && namesUnits(line.vocabulary, word.text);
  if (before || unitFirst || (!line.incident && line.unit)) {
    const units = takeUnits(line, before?.next ?? 0);
    if (!units.ok) return units.answer;
    const [unit, another] = units.value;
    if (!unit || another) return refusal('unit.many', 'A time is of one unit.', 'unit');
    const named = before ? taken(before.incident, units.next) : takeIncidentIfNamed(line, units.next);
    if (!named.ok) return named.answer;
    const [first] = unit.on;
    const only = unit.on.every((run) => run.id === first?.id) ? first : null;
    const incident = named.value ?? only ?? (unit.on.length === 0 ? line.incident : null);
    if (!incident) {
      const options = unit.on.map(({ number }) => ({ insert: number, label: number }));
      return needs(line, 'incident', `${unit.callsign} on which incident?`, options, placeBefore(line, units.next));
    }
    const of = `assignment:${line.vocabulary.assignment(incident.id, unit.id)}`;
    const call = line.vocabulary.incidents.ofId(incident.id);
    const goesOn = call?.open === true || unit.on.some((run) => run.id === incident.id);
    const latest = latestOf(line.vocabulary, goesOn ? undefined : call);
    const since = unit.on.some((run) => run.id === incident.id) ? null : (call?.reopenedAt ?? null);
    const again = since === null ? {} : { again: { since, latest: Math.min(since, latestOf(line.vocabulary, call)) } };
    return { of, incident, latest, ...again, name: `${unit.callsign} on ${incident.number}`, next: named.next };
  }
  const incident = takeIncident(line, 0);
  if (!incident.ok) return incident.answer;
  return callItself(line, incident.value, incident.next);
}

function callItself({ vocabulary }: Line, incident: Subject['incident'], next: number): Subject {
  const latest = latestOf(vocabulary, vocabulary.incidents.ofId(incident.id));
  return { of: `incident:${incident.id}`, incident, latest, name: incident.number, next };
}

const isOfRun = ({ of }: Subject): boolean => of.startsWith('assignment:');

/** A time of the call is of the call, also where one of its units is named or selected; one of a run needs its unit. */
function withTime(line: Line, subject: Subject, element: TimeElement): Subject | Parsed {
  if (isOfTheCall(element)) return isOfRun(subject) ? callItself(line, subject.incident, subject.next) : subject;
  if (isOfRun(subject)) return subject;
  const { id, number } = subject.incident;
  const there = line.vocabulary.units().filter(({ on }) => on.some((run) => run.id === id));
  const ask = `Which unit was ${TIME_WORDS[element]} on ${number}?`;
  return needs(line, 'unit', ask, there.map(unitOption), placeBefore(line, 0));
}

const CALL_OPTIONS = [
  { insert: 'CALL', label: 'CALL, when it was answered' },
  { insert: 'ENTRY', label: 'ENTRY, when it was handed to dispatch' },
];

/** While a call was over nothing happened on it: what would lie there is of before. */
function momentMeant(ofDay: number, { latest, again }: Subject, timeZone: string): number {
  const time = lastTimeOfDay(ofDay, latest, timeZone);
  return again && time < again.since ? lastTimeOfDay(ofDay, again.latest, timeZone) : time;
}

/** Which of a unit's journeys is named before the time; an agency may have a status of that code. */
function withJourney(line: Line, subject: Subject): Subject & { readonly journey?: number } {
  const word = line.words[subject.next]?.text ?? '';
  const journey = findStatus(line.vocabulary, word) ? null : journeyNamed(word);
  if (journey === null || !isOfRun(subject)) return subject;
  return { ...subject, name: `${subject.name}, journey ${journey}`, next: subject.next + 1, journey };
}

export function readTime(line: Line): Parsed {
  const found = subjectOf(line);
  if ('kind' in found) return found;
  const first = withJourney(line, found);
  if (first.journey === 0) return refusal('field.invalid', 'The first journey is J1.', 'journey');
  const { vocabulary } = line;
  const word = line.words[first.next];
  if (!word)
    return isOfRun(first)
      ? needs(line, 'status', `Which time of ${first.name}? A status code, or CALL.`)
      : needs(line, 'status', `Which time of ${first.name}?`, CALL_OPTIONS);
  const element = elementOf(vocabulary, word.text);
  if (!element)
    return refusal(
      'time.unknown',
      `“${word.text.slice(0, 40)}” records no time. Give a status code, or CALL.`,
      'element',
    );
  const subject: (Subject & { readonly journey?: number }) | Parsed = withTime(line, first, element);
  if ('kind' in subject) return subject;
  const journey = subject.journey === undefined ? {} : { journey: subject.journey };
  const what = `${TIME_WORDS[element]} of ${subject.name}`;
  const clock = line.words[subject.next + 1];
  if (!clock) return needs(line, 'time', `What time was ${what}? For example 1402 or 14:02:07.`);
  const reason = restFrom(line, subject.next + 2);
  if (clock.text === '-') {
    if (reason === '') return needs(line, 'reason', `Why is ${what} struck?`);
    const input = { of: subject.of, element, time: null, reason, ...journey };
    return { kind: 'calls', calls: [{ name: 'time.amend', input }], ghost: `Strike ${what}: ${reason}` };
  }
  const ofDay = timeOfDay(clock.text);
  if (ofDay === null)
    return refusal('time.invalid', `“${clock.text.slice(0, 40)}” is not a time. Give it as 1402 or 14:02:07.`, 'time');
  const time = momentMeant(ofDay, subject, vocabulary.timeZone);
  const at = clockTextOn(time, vocabulary.now, vocabulary.timeZone);
  if (reason === '' && subject.journey !== undefined) return needs(line, 'reason', `Why is ${what} amended to ${at}?`);
  if (reason === '')
    return {
      kind: 'calls',
      calls: [{ name: 'time.record', input: { of: subject.of, element, time } }],
      ghost: `Record ${what}: ${at}`,
    };
  const input = { of: subject.of, element, time, reason, ...journey };
  return { kind: 'calls', calls: [{ name: 'time.amend', input }], ghost: `Amend ${what} to ${at}: ${reason}` };
}
