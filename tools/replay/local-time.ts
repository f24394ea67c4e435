/** Wall-clock times of a zone, as the file writes them, to instants and back. */

const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const held = formats.get(zone);
  if (held) return held;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, made);
  return made;
}

/** The reading of a zone's clock at an instant, as if it were UTC, from the parts of a date. ms */
function clockOf(instant: number, zone: string): number {
  const part = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map((p) => [p.type, Number(p.value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Clocks are put on or back at a quarter of an hour, wherever they are; how far they are ahead of UTC is kept for each. ms */
const QUARTER = 900_000;
const aheadAt = new Map<string, Map<number, number>>();

/** The reading of a zone's clock at an instant, as if it were UTC. ms */
function wallClock(instant: number, zone: string): number {
  const known = aheadAt.get(zone) ?? new Map<number, number>();
  aheadAt.set(zone, known);
  const quarter = Math.floor(instant / QUARTER) * QUARTER;
  const by = known.get(quarter) ?? clockOf(quarter, zone) - quarter;
  known.set(quarter, by);
  return instant + by;
}

const CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.(?<fraction>\d{1,9}))?)?(?: ?(?<half>[AP]M))?`;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** As the portal has exported times over the years, as its API gives them, and as a spreadsheet leaves them. */
const FORMS = [
  String.raw`(?<month>\d{1,2})/(?<day>\d{1,2})/(?<year>\d{4}) ${CLOCK}`,
  String.raw`(?<year>\d{4})[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})[T ]${CLOCK}(?<zone>Z|[+-][01]\d:?[0-5]\d)?`,
  String.raw`(?<year>\d{4}) (?<month>${MONTHS.join('|')}) (?<day>\d{1,2}) ${CLOCK}`,
].map((form) => new RegExp(`^${form}$`, 'i'));

interface Reading {
  /** What the clock showed, as if it were UTC. ms */
  readonly wall: number;
  /** How far that clock is ahead of UTC, where the text says so itself. ms */
  readonly ahead: number | null;
}

function aheadOf(zone: string | undefined): number | null {
  if (!zone) return null;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  const ms = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -ms : ms;
}

function reading(text: string): Reading | null {
  const read = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (!read) return null;
  const month = MONTHS.indexOf((read.month ?? '').toLowerCase()) + 1 || Number(read.month);
  const [year, day, minute] = [Number(read.year), Number(read.day), Number(read.minute)];
  const second = Number(read.second ?? 0);
  const ms = Math.floor(Number(`0.${read.fraction ?? 0}`) * 1000);
  let hour = Number(read.hour);
  const endOfDay = hour === 24 && minute === 0 && second === 0 && ms === 0;
  if (endOfDay && !read.half) hour = 0;
  if (read.half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (read.half.toUpperCase() === 'PM' ? 12 : 0);
  }
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const back = new Date(wall);
  const same =
    back.getUTCFullYear() === year &&
    back.getUTCMonth() + 1 === month &&
    back.getUTCDate() === day &&
    back.getUTCHours() === hour &&
    back.getUTCMinutes() === minute &&
    back.getUTCSeconds() === second;
  return same ? { wall: endOfDay ? wall + DAY : wall, ahead: aheadOf(read.zone) } : null;
}

/** Clocks of two machines may be this far apart: a time that is so little early is that, and not one of an hour later. ms */
const BACKWARDS = 60_000;

/**
 * The instant (ms UTC) that a local time names. In the hour that is read twice when clocks go back it is the first one
 * not more than a minute before `after`, else the first. Returns a sentence where the text is no time, one the clocks
 * skipped, or one before 1970, which no fact can carry.
 */
export function instantOf(text: string, zone: string, after = Number.NEGATIVE_INFINITY): number | string {
  const read = reading(text.trim().replace(/\s+/g, ' '));
  if (read === null) return `"${text.slice(0, 40)}" is not a time like 04/09/2020 11:53:18 PM`;
  const { wall, ahead } = read;
  if (wall < DAY) return `${text} is before 1970`;
  if (ahead !== null) return wall - ahead;
  const candidates = [...new Set([-DAY, 0, DAY].map((d) => wall - (wallClock(wall + d, zone) - (wall + d))))]
    .filter((instant) => wallClock(instant, zone) === wall)
    .sort((a, b) => a - b);
  if (candidates.length === 0) return `${text} was skipped by the clocks of ${zone}`;
  return candidates.find((instant) => instant >= after - BACKWARDS) ?? (candidates[0] as number);
}

/** `MM/DD/YYYY hh:mm:ss AM`, as the file would write this instant. */
export function localText(instant: number, zone: string): string {
  const d = new Date(wallClock(instant, zone));
  const two = (n: number) => String(n).padStart(2, '0');
  const hour = d.getUTCHours();
  return `${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}/${d.getUTCFullYear()} ${two(hour % 12 || 12)}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`;
}
