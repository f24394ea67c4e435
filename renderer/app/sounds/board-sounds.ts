/** Which sounds a change of the board calls for. Pure. */
import type { IncidentRow, ReachRow, UnitRow } from '#domain/bridge/topics.ts';
import type { Priority } from '#domain/cad/facts.ts';
import { holdIsOver, urgencyOf, waitingSince } from '../../features/board/board-rows.ts';
import { lateness } from '../clock/format.ts';
import type { SoundKind } from './tones.ts';

type Incidents = { readonly [id: string]: IncidentRow };
type Units = { readonly [id: string]: UnitRow };

export interface Board {
  readonly incidents: Incidents;
  readonly units: Units;
}
type Limits = (priority: Priority) => readonly [number, number] | null;
type UnitLimits = (unit: string, code: string) => readonly [number | null, number | null] | null;

const open = (row: IncidentRow): boolean => row.state !== 'closed' && row.state !== 'merged';

/** What of a call others set that a dispatcher would want to hear of: not times that fill in, not what was set at this window's own workstation. */
const TOLD = {
  priority: ({ priority }) => priority ?? '',
  nature: ({ nature }) => `${nature?.code}|${nature?.text}`,
  location: ({ location }) =>
    [location?.text, location?.detail, location?.zone, location?.city, ...(location?.coordinates ?? [])].join('|'),
  alarm: ({ alarm }) => String(alarm),
  callback: ({ callback }) => callback,
  caller: ({ caller }) => caller,
  patient: ({ patient }) => patient,
  notes: ({ notes }) => String(notes),
} as const satisfies { readonly [K in keyof IncidentRow['setAt']]: (row: IncidentRow) => string };
const TOLD_NAMES = Object.keys(TOLD) as (keyof typeof TOLD)[];

function changedElsewhere(old: IncidentRow, row: IncidentRow, station: string): boolean {
  return (
    TOLD_NAMES.some((name) => TOLD[name](old) !== TOLD[name](row) && row.setAt[name] !== station) ||
    row.conflicts.length > old.conflicts.length ||
    row.contested.length > old.contested.length
  );
}

/** A call sounds once it is dispatchable; until then someone is still typing it. */
function rang(row: IncidentRow): boolean {
  return open(row) && row.readyAt !== null;
}

/** Whether the station has said yet how the board is: a center has units before its first call. */
export const isThere = ({ incidents, units }: Board): boolean =>
  Object.keys(units).length > 0 || Object.keys(incidents).length > 0;

/** Entries about a unit that are this site's to settle: another site that asks for it, above all. */
const asked = ({ contested }: UnitRow): number => contested.filter(({ waitsFor }) => waitsFor === null).length;

/** Made ready to dispatch at this workstation: whoever did it has been told so, in the form of the call. */
export const ownCall = ({ setAt }: IncidentRow, station: string): boolean =>
  setAt.nature === station && setAt.location === station;

/**
 * Calls of others that can be sent now and could not before. What stood on the board when it came (`before` is null) is not
 * news, nor is one's own to whoever is at `station`.
 */
export function newCalls(before: Incidents | null, after: Incidents, station: string): IncidentRow[] {
  if (before === null) return [];
  return Object.values(after).filter((row) => {
    const old = before[row.id];
    if (old === row || !rang(row) || row.state !== 'pending' || (old && rang(old))) return false;
    const openedHere = ownCall(row, station) && (old?.readyAt ?? null) === null;
    return !openedHere;
  });
}

/** `station`: the window's own; what is opened or changed there is answered by its own tone. */
export function boardSounds(before: Board | null, after: Board, station: string): SoundKind[] {
  if (before === null) return [];
  const sounds = new Set<SoundKind>();
  for (const row of Object.values(after.units)) {
    const old = before.units[row.id];
    if (old && old !== row && asked(row) > asked(old)) sounds.add('update');
  }
  for (const row of newCalls(before.incidents, after.incidents, station)) sounds.add(`call-${urgencyOf(row)}`);
  for (const row of Object.values(after.incidents)) {
    const old = before.incidents[row.id];
    if (old && old !== row && open(row) && rang(old) && changedElsewhere(old, row, station)) sounds.add('update');
  }
  return [...sounds].sort();
}

/** Calls that have just run past their limit, and those on hold that have just come to be looked at again. */
export function ranOut(rows: Incidents, limits: Limits, from: number, to: number): string[] {
  const isDue = (row: IncidentRow, at: number): boolean => {
    if (row.state === 'held') return holdIsOver(row, at);
    if (row.state !== 'pending' || row.readyAt === null) return false;
    return lateness(at - waitingSince(row), limits(urgencyOf(row))) === 'red';
  };
  return Object.values(rows)
    .filter((row) => !isDue(row, from) && isDue(row, to))
    .map((row) => row.id);
}

/** Units that have just been in their status for too long, or come past when they were to be back. Limits in seconds, by unit and code. */
export function unitsRanOut(rows: Units, limits: UnitLimits, from: number, to: number): string[] {
  const isLate = ({ id, code, since }: UnitRow, at: number): boolean =>
    since > 0 && lateness(at - since, limits(id, code)) === 'red';
  const isOverdue = ({ until }: UnitRow, at: number): boolean => until !== null && at >= until;
  return Object.values(rows)
    .filter((row) => [isLate, isOverdue].some((is) => !is(row, from) && is(row, to)))
    .map((row) => row.id);
}

/** Waiting calls of priority 1, or of none yet, that others made ready to dispatch and nobody at this window has looked at. */
export function unseenUrgent(rows: Incidents, seen: ReadonlySet<string>, station: string): string[] {
  return Object.values(rows)
    .filter((row) => row.state === 'pending' && rang(row) && urgencyOf(row) === '1')
    .filter((row) => !seen.has(row.id) && !ownCall(row, station))
    .map((row) => row.id);
}

/** Units that call for help and that nobody has answered, the longest waiting first. */
export function callingForHelp(units: Units): readonly UnitRow[] {
  return Object.values(units)
    .filter(({ emergency }) => emergency?.emergency === 'declared')
    .sort((a, b) => (a.emergency?.since ?? 0) - (b.emergency?.since ?? 0));
}

export function reachSound(before: ReachRow | null, after: ReachRow | null): SoundKind | null {
  if (!before || !after || before.center === after.center) return null;
  if (after.center === 'reached') return 'center-back';
  return before.center === 'reached' ? 'center-lost' : null;
}
