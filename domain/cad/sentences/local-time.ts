/** Moments as the site's clocks show them. Only for values that are themselves times; rows carry ms UTC. */
import type { World } from '../views/world.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const held = formats.get(timeZone);
  if (held) return held;
  const options = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  } as const;
  let made: Intl.DateTimeFormat;
  try {
    made = new Intl.DateTimeFormat('en-CA', { ...options, timeZone });
  } catch {
    made = new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'UTC' });
  }
  formats.set(timeZone, made);
  return made;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-CA', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The IANA zone of the site; UTC while its record has not come. */
export function zoneOf(world: Pick<World, 'records'>): string {
  for (const { body } of world.records('site')) return body.timeZone;
  return 'UTC';
}

const DAY = 86_400_000;
/** The last day that a Date reaches is left out, and the first: in some zone they are no moments any more. */
const FURTHEST = 8_640_000_000_000_000 - 3 * DAY;

/** A moment that clocks of every zone can show: itself, or the last or first of all. A fact may say any number. */
export function onClocks(at: number): number {
  return Math.min(FURTHEST, Math.max(-FURTHEST, at));
}

const MINUTE = 60_000;
/** Since then no zone has changed its offset within a minute (IANA: Africa/Monrovia was the last, on 1972-01-07). */
const BY_MINUTES = Date.UTC(1973, 0);
/** Minutes kept in mind: those of a shift. */
const MOST_MINUTES = 1_000;
/** By zone, what its clocks are ahead of UTC in a minute. ms */
const ahead = new Map<string, Map<number, number>>();

/** The wall time of a moment in a zone, as if it were UTC: ms whose UTC fields are the local ones. */
export function wallTime(at: number, timeZone: string): number {
  if (!(at >= BY_MINUTES && at <= FURTHEST)) return readWallTime(at, timeZone);
  let ofZone = ahead.get(timeZone);
  if (!ofZone) {
    ofZone = new Map();
    ahead.set(timeZone, ofZone);
  }
  const minute = Math.floor(at / MINUTE) * MINUTE;
  let by = ofZone.get(minute);
  if (by === undefined) {
    if (ofZone.size >= MOST_MINUTES) ofZone.clear();
    by = readWallTime(minute, timeZone) - minute;
    ofZone.set(minute, by);
  }
  return Math.floor(at / 1_000) * 1_000 + by;
}

/** The same as the platform's formats say it: slow. */
function readWallTime(at: number, timeZone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatFor(timeZone).formatToParts(onClocks(at))) part[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The calendar year of a moment in a zone: what incident numbers begin with. */
export function yearIn(at: number, timeZone: string): number {
  return new Date(wallTime(at, timeZone)).getUTCFullYear();
}

/** `14:02:07`, 24 hours. */
export function clockText(at: number, timeZone: string): string {
  return new Date(wallTime(at, timeZone)).toISOString().slice(-13, -5);
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Thu 26 Nov 2026`: a day as it is said back. */
export function dayText(at: number, timeZone: string): string {
  const day = new Date(wallTime(at, timeZone));
  const [weekday, month] = [WEEKDAYS[day.getUTCDay()] ?? '', MONTHS[day.getUTCMonth()] ?? ''];
  return `${weekday} ${day.getUTCDate()} ${month} ${day.getUTCFullYear()}`;
}

/** `14:02:07` of the day that `now` is, `Thu 26 Nov 2026 14:02:07` of another. */
export function clockTextOn(at: number, now: number, timeZone: string): string {
  const [day, today] = [dayText(at, timeZone), dayText(now, timeZone)];
  return day === today ? clockText(at, timeZone) : `${day} ${clockText(at, timeZone)}`;
}

/** `UTC-8`, `UTC+5:30`: how far clocks in the zone are from UTC at a moment. */
export function offsetText(at: number, timeZone: string): string {
  const minutes = Math.round((wallTime(at, timeZone) - onClocks(at)) / 60_000);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** `PST` or `PDT`: what clocks of the zone go by at a moment; where there is no such name, how far they are from UTC. */
export function zoneName(at: number, timeZone: string): string {
  const known = isTimeZone(timeZone) ? timeZone : 'UTC';
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: known, timeZoneName: 'short' }).formatToParts(
    onClocks(at),
  );
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return /^[A-Z]{2,5}$/.test(name) ? name : offsetText(at, known);
}

/** By how much clocks are ever set back, in ms: an hour, or half of one (Lord Howe). */
const SET_BACK = [3_600_000, 1_800_000];

/** `14:02:07`; `01:05:00 PST` in the hour of a night that clocks show twice, where the time alone says too little. */
export function clockTextOnce(at: number, timeZone: string): string {
  const shown = wallTime(at, timeZone);
  const isTwice = SET_BACK.some((by) => wallTime(at - by, timeZone) === shown || wallTime(at + by, timeZone) === shown);
  return isTwice ? `${clockText(at, timeZone)} ${zoneName(at, timeZone)}` : clockText(at, timeZone);
}

/**
 * The newest moment not after `latest` at which clocks in the zone showed this time of day (ms since midnight). In the
 * hour that a change of clocks skips, the moment that far into the day.
 */
export function lastTimeOfDay(ofDay: number, latest: number, timeZone: string): number {
  const wall = wallTime(latest, timeZone);
  const midnight = wall - (((wall % DAY) + DAY) % DAY);
  for (const day of [midnight, midnight - DAY, midnight - 2 * DAY]) {
    const wanted = day + ofDay;
    // By what clocks show a day earlier and a day later: two moments around a change of clocks, one otherwise.
    const [before, after] = [wanted - DAY, wanted + DAY].map((near) => wanted - (wallTime(near, timeZone) - near));
    const shown = [after, before].filter((at) => at !== undefined && wallTime(at, timeZone) === wanted);
    const been = (shown.length > 0 ? shown : [before]).find((at) => at !== undefined && at <= latest);
    if (been !== undefined) return been;
  }
  return latest;
}
