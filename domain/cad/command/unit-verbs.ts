/** Lines about units: send, move, swap, cancel, next, clear, and every status by its code. */
import type { ActionCall } from '../actions/inputs.ts';
import type { Destination } from '../facts.ts';
import { listed } from '../sentences/words.ts';
import { NO_NUMBER } from '../views/numbers.ts';
import { onIncident } from '../views/reading.ts';
import { codeFor, statusByCode } from '../views/status-set.ts';
import { readHospital } from './hospital.ts';
import {
  findPlace,
  findStatus,
  incidentOption,
  type Line,
  needs,
  openOptions,
  type Parsed,
  placeBefore,
  placeOption,
  refusal,
  restAsWord,
  restFrom,
  unitOption,
} from './reading.ts';
import { MOST_MINUTES, reasonAndMinutes } from './reason-and-minutes.ts';
import { type Likely, nothingMore, numberOfNone, takeIncident, takeIncidentIfNamed, takeUnits } from './take.ts';
import type { IncidentWord, RunWord, UnitWord, Vocabulary } from './vocabulary.ts';

const callsigns = (units: readonly UnitWord[]): string => listed(units.map((unit) => unit.callsign));
const named = (incident: IncidentWord): string => [incident.number, incident.what].filter(Boolean).join(', ');

/** The incidents that these units are on, newest first of each. */
function runsAmong(line: Line, units: readonly UnitWord[]): readonly IncidentWord[] {
  const ids = new Set(units.flatMap((unit) => unit.on.map((run) => run.id)));
  return [...ids].flatMap((id) => line.vocabulary.incidents.ofId(id) ?? []);
}

/** What a unit is on that has no number (an incident that was erased), the oldest first: named `#1`, `#2`. */
const unnumbered = (unit: UnitWord): readonly RunWord[] =>
  unit.on.filter(({ number }) => number === NO_NUMBER).toReversed();

/** What a word names so, of a unit alone. */
function runWithoutNumber(units: readonly UnitWord[], text: string): IncidentWord | undefined {
  const [unit, another] = units;
  const nth = /^#(\d)$/.exec(text)?.[1];
  const run = unit && !another && nth !== undefined ? unnumbered(unit)[Number(nth) - 1] : undefined;
  return (
    run && {
      id: run.id,
      number: run.number,
      open: true,
      what: '',
      nature: null,
      answeredAt: 0,
      reopenedAt: null,
      hold: null,
    }
  );
}

/** Which of its incidents is meant for a unit on several, to be named before word `n`; null where that is plain. */
export function askWhich(line: Line, unit: UnitWord, n: number): Parsed | null {
  const numbers = new Map(unit.on.map(({ id, number }) => [id, number]));
  if (numbers.size < 2) return null;
  const nameless = unnumbered(unit).map(({ number, code }, n) => {
    const insert = `#${n + 1}`;
    return { insert, label: `${insert}, ${number}, ${code}` };
  });
  const options = [...runsAmong(line, [unit]).map(incidentOption), ...nameless];
  const ask = `${unit.callsign} is on ${listed([...numbers.values()])}. Which?`;
  return needs(line, 'incident', ask, options, placeBefore(line, n));
}

function sending(units: readonly UnitWord[], incident: IncidentWord): Parsed {
  const input = { incident: incident.id, units: units.map((unit) => unit.id) };
  const ghost = `Send ${callsigns(units)} to ${named(incident)}`;
  return { kind: 'calls', calls: [{ name: 'unit.dispatch', input }], ghost };
}

export function readDispatch(line: Line): Parsed {
  const units = takeUnits(line, 0, 'free');
  if (!units.ok) return units.answer;
  const incident = takeIncident(line, units.next);
  if (!incident.ok) return incident.answer;
  const more = nothingMore(line, incident.next);
  if (more) return more;
  return sending(units.value, incident.value);
}

export function readMove(line: Line): Parsed {
  const units = takeUnits(line, 0);
  if (!units.ok) return units.answer;
  const isOn = ({ id }: IncidentWord): boolean => units.value.every(({ on }) => on.some((run) => run.id === id));
  const incident = takeIncident(line, units.next);
  if (!line.words[units.next] && (!incident.ok || isOn(incident.value))) {
    const others = line.vocabulary.incidents.open().filter((one) => !isOn(one));
    return needs(line, 'incident', `Move ${callsigns(units.value)} to which incident?`, others.map(incidentOption));
  }
  if (!incident.ok) return incident.answer;
  const more = nothingMore(line, incident.next);
  if (more) return more;
  const left = units.value.flatMap(({ on }) => on.filter((run) => run.id !== incident.value.id));
  const from = left.length === 0 ? '' : ` from ${listed([...new Set(left.map(({ number }) => number))])}`;
  const calls = units.value.map(
    (unit): ActionCall => ({ name: 'unit.move', input: { unit: unit.id, to: incident.value.id } }),
  );
  return { kind: 'calls', calls, ghost: `Move ${callsigns(units.value)}${from} to ${named(incident.value)}` };
}

export function readSwap(line: Line): Parsed {
  const units = takeUnits(line, 0);
  if (!units.ok) return units.answer;
  const more = nothingMore(line, units.next);
  if (more) return more;
  const named = units.value;
  const [a, b] = named.length === 1 && line.unit && line.unit.id !== named[0]?.id ? [line.unit, ...named] : named;
  if (!a || !b) {
    const others = line.vocabulary.units().filter(({ id, on }) => id !== a?.id && on.length > 0);
    return needs(line, 'unit', 'Swap with which unit?', others.map(unitOption));
  }
  if (named.length > 2) return refusal('unit.many', 'A swap is of two units.', 'unit');
  const ghost = `Swap what ${a.callsign} and ${b.callsign} are on`;
  return { kind: 'calls', calls: [{ name: 'unit.swap', input: { unit: a.id, with: b.id } }], ghost };
}

/** The incident of these units that a number at word `n` means, where it means one. */
export function ownRun(line: Line, units: readonly UnitWord[], n: number): IncidentWord | undefined {
  const text = line.words[n]?.text ?? '';
  if (!/^\d+$/.test(text)) return runWithoutNumber(units, text);
  const found = runsAmong(line, units).filter((one) => one.number.endsWith(text));
  return found.length === 1 ? found[0] : undefined;
}

/**
 * Units, then optionally the incident that is meant; asks where a unit is on several. Where free text may follow, a short
 * number is an incident only where one of the units is on it.
 */
function takeRuns(
  line: Line,
  text: 'text' | 'no text',
  likely: Likely = 'running',
): { units: readonly UnitWord[]; incident: IncidentWord | null; next: number } | Parsed {
  const units = takeUnits(line, 0, likely);
  if (!units.ok) return units.answer;
  const own = ownRun(line, units.value, units.next);
  if (own) return { units: units.value, incident: own, next: units.next + 1 };
  const short = text === 'text' && /^\d{1,2}$/.test(line.words[units.next]?.text ?? '');
  const incident = short ? { ok: true as const, value: null, next: units.next } : takeIncidentIfNamed(line, units.next);
  if (!incident.ok) return incident.answer;
  if (!incident.value)
    for (const unit of units.value) {
      const asked = askWhich(line, unit, incident.next);
      if (asked) return asked;
    }
  return { units: units.value, incident: incident.value, next: incident.next };
}

function where(units: readonly UnitWord[], incident: IncidentWord | null): string {
  if (incident) return ` ${incident.number}`;
  const numbers = [...new Set(units.flatMap((unit) => unit.on.map((run) => run.number)))];
  return numbers.length > 0 ? ` ${listed(numbers)}` : '';
}

export function readCancel(line: Line): Parsed {
  const runs = takeRuns(line, 'text');
  if ('kind' in runs) return runs;
  const none = runs.incident ? null : numberOfNone(line, runs.next);
  if (none) return none;
  const reason = restFrom(line, runs.next);
  const calls = runs.units.map(
    (unit): ActionCall => ({
      name: 'unit.cancel',
      input: { unit: unit.id, ...(runs.incident ? { incident: runs.incident.id } : {}), ...(reason ? { reason } : {}) },
    }),
  );
  const ghost = `Cancel ${callsigns(runs.units)} from${where(runs.units, runs.incident) || ' its incident'}${reason ? `: ${reason}` : ''}`;
  return { kind: 'calls', calls, ghost };
}

const EMERGENCY_GHOST = { declared: 'EMERGENCY of', seen: 'Seen: the emergency of', over: 'Over: the emergency of' };

/** `EM M36`, `EM M36 SEEN`, `EM M36 OVER`. */
export function readEmergency(line: Line): Parsed {
  const units = takeUnits(line, 0);
  if (!units.ok) return units.answer;
  const word = line.words[units.next]?.text.toLowerCase();
  const said = word === 'seen' || word === 'over' ? word : null;
  const more = nothingMore(line, said === null ? units.next : units.next + 1);
  if (more) return more;
  const emergency = said ?? 'declared';
  const calls = units.value.map(
    (unit): ActionCall => ({ name: 'unit.emergency', input: { unit: unit.id, emergency } }),
  );
  return { kind: 'calls', calls, ghost: `${EMERGENCY_GHOST[emergency]} ${callsigns(units.value)}` };
}

export function readNext(line: Line): Parsed {
  const runs = takeRuns(line, 'no text');
  if ('kind' in runs) return runs;
  const more = nothingMore(line, runs.next);
  if (more) return more;
  const calls = runs.units.map(
    (unit): ActionCall => ({
      name: 'unit.next',
      input: { unit: unit.id, ...(runs.incident ? { incident: runs.incident.id } : {}) },
    }),
  );
  return { kind: 'calls', calls, ghost: `Next status of ${callsigns(runs.units)}` };
}

/** Clears units: their agencies' code for available. */
export function readClear(line: Line): Parsed {
  const runs = takeRuns(line, 'no text');
  if ('kind' in runs) return runs;
  const more = nothingMore(line, runs.next);
  if (more) return more;
  const calls = runs.units.map(
    (unit): ActionCall => ({
      name: 'unit.status',
      input: {
        unit: unit.id,
        code: codeFor(unit.statuses, 'available'),
        ...(runs.incident ? { incident: runs.incident.id } : {}),
      },
    }),
  );
  const from = where(runs.units, runs.incident);
  return { kind: 'calls', calls, ghost: `Clear ${callsigns(runs.units)}${from ? ` from${from}` : ''}` };
}

interface Extras {
  readonly destination?: Destination;
  readonly patients?: number;
  readonly reason?: string;
  readonly until?: number;
  readonly post?: string;
}
type Rest = { readonly extras: Extras; readonly words: string } | Parsed;

const MINUTE = 60_000;

function readReason(line: Line, n: number, label: string): Rest {
  const { reason, minutes } = reasonAndMinutes(restFrom(line, n));
  if (reason === '' || /^\d+$/.test(reason))
    return needs(line, 'reason', `Why ${label}? A reason, and minutes if they are known.`);
  if (minutes === null) return { extras: { reason }, words: `: ${reason}` };
  if (minutes > MOST_MINUTES) return refusal('field.invalid', 'That is more than a week: give minutes.', 'until');
  const until = line.vocabulary.now + minutes * MINUTE;
  return { extras: { reason, until }, words: `: ${reason}, ${minutes} minutes` };
}

const SHORT_NAME = /^\S{1,4}$/;

function readPost(line: Line, n: number): Rest {
  const text = restFrom(line, n);
  const posts = line.vocabulary.posts();
  if (text === '') return needs(line, 'post', 'At which post?', posts.map(placeOption));
  const found = findPlace(posts, text);
  if (found && 'many' in found)
    return needs(line, 'post', `${text} could be several. Which?`, found.many.map(placeOption), restAsWord(line, n));
  // Units are sent to corners too, which nobody has listed; a short name that stands for no post is a slip.
  if (!found && posts.length > 0 && SHORT_NAME.test(text))
    return needs(line, 'post', `There is no post ${text}. Which?`, posts.map(placeOption), line.words[n]);
  const post = found ? found.one.short : text;
  return { extras: { post }, words: ` at ${found ? found.one.name : post}` };
}

/** That a unit's agency does not have a code of another, with its own for that, or all that it has. */
function noStatus(vocabulary: Vocabulary, unit: UnitWord, code: string): string {
  const meant = findStatus(vocabulary, code);
  const own = unit.statuses.find((status) => status.standard === meant?.standard);
  const said = `${unit.callsign} has no status ${code.toUpperCase()}.`;
  return own
    ? `${said} Its agency says ${own.code}, ${own.label}.`
    : `${said} It has ${unit.statuses.map((status) => status.code).join(', ')}.`;
}

/** `ER M36`, `OS M36 10418`, `TR M36 MERCY`, `OOS M36 restock 20`, `PO M36 P7`. */
export function readStatus(line: Line, code: string): Parsed {
  const meant = findStatus(line.vocabulary, code);
  const asks = meant?.asks ?? 'nothing';
  const likely = meant && onIncident(meant.standard) ? 'running' : 'any';
  const runs = takeRuns(line, asks === 'nothing' ? 'no text' : 'text', likely);
  if ('kind' in runs) return runs;
  const without = runs.units.find((unit) => !statusByCode(unit.statuses, code));
  if (without) return refusal('status.unknown', noStatus(line.vocabulary, without, code), 'code');
  const status = statusByCode(runs.units[0]?.statuses ?? [], code);
  if (!status) return refusal('status.unknown', `There is no status ${code.toUpperCase()}.`, 'code');
  const free =
    onIncident(status.standard) && !runs.incident ? runs.units.find((unit) => unit.on.length === 0) : undefined;
  if (free)
    return needs(
      line,
      'incident',
      `${free.callsign} is not on an incident. Which is it ${status.label} for?`,
      openOptions(line),
      placeBefore(line, runs.next),
    );
  const rest: Rest =
    status.asks === 'hospital'
      ? readHospital(line, runs.next, runs.units.length)
      : status.asks === 'reason'
        ? readReason(line, runs.next, status.label)
        : status.asks === 'post'
          ? readPost(line, runs.next)
          : (nothingMore(line, runs.next) ?? { extras: {}, words: '' });
  if ('kind' in rest) return rest;
  const { incident } = runs;
  // Said of a unit that is not on the call, it sends it there: with all that is asked before a unit is sent.
  const isSent = ({ statuses, on }: UnitWord): boolean =>
    codeFor(statuses, 'dispatched') === status.code && !on.some((run) => run.id === incident?.id);
  const sends = status.standard === 'dispatched' && status.asks === 'nothing' && runs.units.every(isSent);
  if (incident && sends) return sending(runs.units, incident);
  const calls = runs.units.map(
    (unit): ActionCall => ({
      name: 'unit.status',
      input: {
        unit: unit.id,
        code: status.code,
        ...(runs.incident ? { incident: runs.incident.id } : {}),
        ...rest.extras,
      },
    }),
  );
  return {
    kind: 'calls',
    calls,
    ghost: `${callsigns(runs.units)} ${status.label}${rest.words}${where(runs.units, runs.incident)}`,
  };
}
