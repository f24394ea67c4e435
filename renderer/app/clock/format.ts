/** Times and spans as the board shows them. Pure. */

import { AHEAD, timeOfDay } from '#domain/cad/command/time-of-day.ts';
import { lastTimeOfDay, onClocks } from '#domain/cad/sentences/local-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${zone} ${key}`;
  const known = formats.get(name);
  if (known) return known;
  const make = (timeZone: string) => new Intl.DateTimeFormat('en-GB', { ...options, timeZone, hourCycle: 'h23' });
  let made: Intl.DateTimeFormat;
  try {
    made = make(zone);
  } catch {
    made = make('UTC');
  }
  formats.set(name, made);
  return made;
}

/** 14:32:07 in the center's zone. */
export function clockTime(ms: number, zone: string): string {
  return format(zone, 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(onClocks(ms));
}

/** 14:32 */
export function shortTime(ms: number, zone: string): string {
  return format(zone, 'short', { hour: '2-digit', minute: '2-digit' }).format(onClocks(ms));
}

/** Tue 9 Apr */
export function dayLine(ms: number, zone: string): string {
  return format(zone, 'day', { weekday: 'short', day: 'numeric', month: 'short' })
    .format(onClocks(ms))
    .replace(',', '');
}

/** Tue 9 Apr 2024, for what is kept for years. */
export function dateLine(ms: number, zone: string): string {
  const year = format(zone, 'year', { year: 'numeric' }).format(onClocks(ms));
  return `${dayLine(ms, zone)} ${year}`;
}

/** 14:32:07 of today, `Thu 26 Nov 2026 14:32:07` of another day. */
export function clockOn(ms: number, now: number, zone: string): string {
  const [day, today] = [dateLine(ms, zone), dateLine(now, zone)];
  return day === today ? clockTime(ms, zone) : `${day} ${clockTime(ms, zone)}`;
}

/**
 * Of moments in the order in which they stand, the day of each that is of another than the one before it, and empty for the
 * rest: `Thu 26 Nov`, with its year where the moment before is of another. `before`: what the first is held against.
 */
export function daysTurned(moments: readonly number[], before: number, zone: string): readonly string[] {
  let last = before;
  return moments.map((at) => {
    const [date, was] = [dateLine(at, zone), dateLine(last, zone)];
    last = at;
    if (date === was) return '';
    return date.slice(-4) === was.slice(-4) ? dayLine(at, zone) : date;
  });
}

/** From so far on a day and a month may be meant of another year. */
const HALF_A_YEAR = 182 * 24 * HOUR;

/** `14:32` of today, `9 Apr 14:32` of another day, `9 Apr 2024 14:32` of one half a year away. */
export function when(ms: number, now: number, zone: string): string {
  if (Math.abs(now - ms) > HALF_A_YEAR) {
    const far = format(zone, 'far', { day: 'numeric', month: 'short', year: 'numeric' });
    return `${far.format(onClocks(ms))} ${shortTime(ms, zone)}`;
  }
  const day = format(zone, 'date', { day: 'numeric', month: 'short' });
  return day.format(ms) === day.format(now) ? shortTime(ms, zone) : `${day.format(ms)} ${shortTime(ms, zone)}`;
}

/** 0:14, 31:05, 1:08:02, from two days on 3 d 4 h, and from a hundred on 2421 d: a column has room for as much. Never negative. */
export function elapsed(ms: number): string {
  const span = Math.max(0, ms);
  const hours = Math.floor(span / HOUR);
  const days = Math.floor(hours / 24);
  if (days >= 100) return `${days} d`;
  if (days >= 2) return `${days} d ${hours % 24} h`;
  const minutes = Math.floor((span % HOUR) / MINUTE);
  const seconds = String(Math.floor((span % MINUTE) / SECOND)).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

export type Lateness = 'calm' | 'amber' | 'red';

/** How late a span is against the seconds after which it turns amber and red. */
export function lateness(ms: number, limits: readonly [number | null, number | null] | null): Lateness {
  if (!limits) return 'calm';
  const [amber, red] = limits;
  if (red !== null && ms >= red * SECOND) return 'red';
  if (amber !== null && ms >= amber * SECOND) return 'amber';
  return 'calm';
}

/**
 * A time of day as typed (`14:32:07`, `14:32`, `1432`, `143207`) as the moment nearest to `near` in the zone, or null where
 * it is not a time. None that is still to come: `now` is what the clock shows, and others may be a little ahead of it.
 */
export function readTime(typed: string, near: number, now: number, zone: string): number | null {
  const ofDay = timeOfDay(typed.trim());
  if (ofDay === null) return null;
  const newest = Math.max(near, now + AHEAD);
  // Before it, an hour later (a time that clocks showed twice), and within half a day after it.
  return [near, near + HOUR, near + 12 * HOUR]
    .map((latest) => lastTimeOfDay(ofDay, Math.min(latest, newest), zone))
    .reduce((a, b) => (Math.abs(b - near) < Math.abs(a - near) ? b : a));
}
