/** Wall-clock times of a zone, as the file writes them, to instants and back. */

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

/** The reading of a zone's clock at an instant, as if it were UTC. ms. */
function wallClock(instant: number, zone: string): number {
  const part = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map((p) => [p.type, Number(p.value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const US = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) ?(AM|PM)$/i;
const YEAR_FIRST = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)? ?(AM|PM)?$/i;

function reading(text: string): number | null {
  const us = US.exec(text);
  const iso = us ? null : YEAR_FIRST.exec(text);
  if (!us && !iso) return null;
  const [y, mo, d] = us ? [us[3], us[1], us[2]] : [iso?.[1], iso?.[2], iso?.[3]];
  const [h, mi, s, half] = (us ?? iso ?? []).slice(4);
  let hour = Number(h);
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
  }
  const wall = Date.UTC(Number(y), Number(mo) - 1, Number(d), hour, Number(mi), Number(s));
  const back = new Date(wall);
  const same =
    back.getUTCMonth() + 1 === Number(mo) &&
    back.getUTCDate() === Number(d) &&
    back.getUTCHours() === hour &&
    back.getUTCMinutes() === Number(mi) &&
    back.getUTCSeconds() === Number(s);
  return same ? wall : null;
}

/**
 * The instant (ms UTC) that a local time names. In the hour that is read twice when clocks go back it is the first one
 * not before `notBefore`, else the first. Returns a sentence where the text is no time, or one the clocks skipped.
 */
export function instantOf(text: string, zone: string, notBefore = Number.NEGATIVE_INFINITY): number | string {
  const wall = reading(text.trim());
  if (wall === null) return `"${text.slice(0, 40)}" is not a time like 04/09/2020 11:53:18 PM`;
  const candidates = [
    ...new Set([-86_400_000, 0, 86_400_000].map((d) => wall - (wallClock(wall + d, zone) - (wall + d)))),
  ]
    .filter((instant) => wallClock(instant, zone) === wall)
    .sort((a, b) => a - b);
  if (candidates.length === 0) return `${text} was skipped by the clocks of ${zone}`;
  return candidates.find((instant) => instant >= notBefore) ?? (candidates[0] as number);
}

/** `MM/DD/YYYY hh:mm:ss AM`, as the file would write this instant. */
export function localText(instant: number, zone: string): string {
  const d = new Date(wallClock(instant, zone));
  const two = (n: number) => String(n).padStart(2, '0');
  const hour = d.getUTCHours();
  return `${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}/${d.getUTCFullYear()} ${two(hour % 12 || 12)}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`;
}
