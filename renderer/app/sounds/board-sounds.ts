/** Which sounds a change of the board calls for. Pure. */
import type { IncidentRow, ReachRow, UnitRow } from '#domain/bridge/topics.ts';
import { lateness } from '../clock/format.ts';
import type { SoundKind } from './tones.ts';

type Incidents = { readonly [id: string]: IncidentRow };
type Units = { readonly [id: string]: UnitRow };

export interface Board {
  readonly incidents: Incidents;
  readonly units: Units;
}
type Limits = (priority: IncidentRow['priority']) => readonly [number, number] | null;

const open = (row: IncidentRow): boolean => row.state !== 'closed' && row.state !== 'merged';

/** What a dispatcher would want to hear of: not times that fill in. Whoever changed it is not in the row, so one's own change is heard too. */
function told(row: IncidentRow): string {
  return [
    row.priority,
    row.nature?.code,
    row.nature?.text,
    row.location?.text,
    row.location?.detail,
    row.conflicts.length,
    row.contested.length,
  ].join('|');
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

/** What stood on the board when it came (`before` is null) is not news. */
export function boardSounds(before: Board | null, after: Board): SoundKind[] {
  if (before === null) return [];
  const sounds = new Set<SoundKind>();
  for (const row of Object.values(after.units)) {
    const old = before.units[row.id];
    if (old && old !== row && asked(row) > asked(old)) sounds.add('update');
  }
  for (const row of Object.values(after.incidents)) {
    const old = before.incidents[row.id];
    if (old === row || !open(row)) continue;
    if (rang(row) && row.state === 'pending' && (!old || !rang(old))) sounds.add(`call-${row.priority ?? '4'}`);
    else if (old && rang(old) && told(old) !== told(row)) sounds.add('update');
  }
  return [...sounds].sort();
}

/** Calls that have just run past their limit. */
export function ranOut(rows: Incidents, limits: Limits, from: number, to: number): string[] {
  return Object.values(rows)
    .filter((row) => row.state === 'pending' && row.readyAt !== null)
    .filter((row) => {
      const allowed = limits(row.priority);
      const since = row.readyAt ?? row.answeredAt;
      return lateness(from - since, allowed) !== 'red' && lateness(to - since, allowed) === 'red';
    })
    .map((row) => row.id);
}

/** Waiting calls of priority 1 that nobody at this window has looked at. */
export function unseenUrgent(rows: Incidents, seen: ReadonlySet<string>): string[] {
  return Object.values(rows)
    .filter((row) => row.state === 'pending' && rang(row) && row.priority === '1' && !seen.has(row.id))
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
