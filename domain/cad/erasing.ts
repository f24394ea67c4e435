/** Whether an incident may be erased: what stands in the way of destroying the keys of one that is still needed. */
import { done, type Outcome, refused } from '../kernel/refusal.ts';

export interface ToErase {
  /** What people call it: its number, or its id where it never had one. */
  readonly number: string;
  /** Nobody works by it any more: it is closed, or was merged into another. */
  readonly over: boolean;
  /** Units that still run it. */
  readonly units: number;
  /** Legal holds that stand on it. */
  readonly holds: number;
}

/**
 * `typed`: its number, as whoever erases it typed it once more. Refuses with `incident.number`, `incident.open`,
 * `incident.running`, `incident.held`.
 */
export function mayErase({ number, over, units, holds }: ToErase, typed: string): Outcome<null> {
  if (typed !== number)
    return refused('incident.number', `Type the number of the incident, ${number}, to erase it.`, 'number');
  if (!over) return refused('incident.open', 'It is still worked. Close it first, then erase it.');
  if (units > 0)
    return refused('incident.running', 'A unit still runs it. Erase it once every unit of it is free again.');
  if (holds > 0) return refused('incident.held', 'A legal hold stands on it. Have every hold released first.');
  return done(null);
}
