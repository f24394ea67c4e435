/**
 * Finding incidents, also old ones, by what somebody remembers of them: the last digits of the number, words of the place or of what
 * happened, the number that called, a unit that was on it, a day. Every word has to be found somewhere. Pure.
 */
import { dayText, lastTimeOfDay, wallTime } from '../sentences/local-time.ts';
import { plain } from './reading.ts';

/** Most that is looked for at once. Characters. */
export const LONGEST_FIND = 80;

export interface Wanted {
  readonly words: readonly string[];
  /** ms UTC: from its first moment up to the first of the next. Null where any day is meant. */
  readonly day: { readonly from: number; readonly to: number } | null;
}

/** What an incident is found by. */
export interface Findable {
  readonly number: string;
  /** What other systems have it under. */
  readonly references: readonly string[];
  /** ms UTC. */
  readonly answeredAt: number;
  readonly callback: string;
  /** Place, nature with what else it is called, people, disposition. */
  readonly texts: readonly string[];
  /** Of every unit that was ever on it. Asked only where nothing else answers to a word. */
  readonly callsigns: () => readonly string[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

/** A date as midnight of it, read as if its clocks were UTC; null where the calendar has no such day. */
function dateOf(year: number, month: number, day: number): number | null {
  const at = Date.UTC(year, month - 1, day);
  return new Date(at).getUTCMonth() === month - 1 && day > 0 ? at : null;
}

/** The newest such day up to today: a day is looked for that has been. */
function lately(month: number, day: number, today: number): number | null {
  const year = new Date(today).getUTCFullYear();
  const [at, before] = [dateOf(year, month, day), dateOf(year - 1, month, day)];
  return at !== null && at <= today ? at : before;
}

/** `TODAY`, `YESTERDAY`, `TUESDAY`, `TUE`, `11/25`, `11/25/2026`, `2026-11-25`, `25NOV`, `NOV25`: as midnight of it; null where it is no day. */
function dayMeant(word: string, today: number): number | null {
  const typed = word.toUpperCase();
  if (typed === 'TODAY') return today;
  if (typed === 'YESTERDAY') return today - DAY;
  const weekday = WEEKDAYS.findIndex((name) => name === typed || name.slice(0, 3) === typed);
  if (weekday >= 0) return today - ((new Date(today).getUTCDay() - weekday + 7) % 7) * DAY;
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  if (iso) return dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const slashed = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{2}|\d{4}))?$/.exec(typed);
  if (slashed) {
    const [month, day] = [Number(slashed[1]), Number(slashed[2])];
    if (slashed[3] === undefined) return lately(month, day, today);
    return dateOf(Number(slashed[3].length === 2 ? `20${slashed[3]}` : slashed[3]), month, day);
  }
  const named = /^(\d{1,2})([A-Z]{3})$|^([A-Z]{3})(\d{1,2})$/.exec(typed);
  const month = named ? MONTHS.indexOf(named[2] ?? named[3] ?? '') : -1;
  return named && month >= 0 ? lately(month + 1, Number(named[1] ?? named[4]), today) : null;
}

/** Weekdays are streets and people too: one counts as a day where it stands at the end. */
const isWeekday = (word: string): boolean => WEEKDAYS.some((name) => name.startsWith(word.toUpperCase()));

/** The first moment of a day in a zone, from its midnight as if clocks were UTC. */
function beginOf(midnight: number, timeZone: string): number {
  const noon = midnight + 12 * HOUR;
  return lastTimeOfDay(0, noon - (wallTime(noon, timeZone) - noon), timeZone);
}

/** What a typed text looks for. `now` in ms UTC. */
export function wantedOf(text: string, now: number, timeZone: string): Wanted {
  const words: string[] = [];
  let day: Wanted['day'] = null;
  const wall = wallTime(now, timeZone);
  const today = wall - (((wall % DAY) + DAY) % DAY);
  const typed = text.split(/\s+/).filter(Boolean);
  for (const [i, word] of typed.entries()) {
    const meant: number | null =
      day === null && (i === typed.length - 1 || !isWeekday(word)) ? dayMeant(word, today) : null;
    if (meant === null) words.push(word);
    else day = { from: beginOf(meant, timeZone), to: beginOf(meant + DAY, timeZone) };
  }
  return { words, day };
}

const digitsOf = (text: string): string => text.replace(/\D/g, '');
/** So many digits may be of a telephone number. */
const FEWEST_DIGITS = 3;

function begins(text: string, typed: string): boolean {
  const within = text.toUpperCase();
  for (let at = within.indexOf(typed); at >= 0; at = within.indexOf(typed, at + 1))
    if (at === 0 || !/[\p{L}\p{N}]/u.test(within[at - 1] ?? '')) return true;
  return false;
}

function found(word: string, incident: Findable): boolean {
  const typed = word.toUpperCase();
  const numbers = [incident.number, ...incident.references];
  if (/\d/.test(typed) && numbers.some((number) => number.toUpperCase().endsWith(typed))) return true;
  const digits = /^[\d()+.-]+$/.test(typed) ? digitsOf(typed) : '';
  if (digits.length >= FEWEST_DIGITS && digitsOf(incident.callback).includes(digits)) return true;
  if ([...incident.texts, ...incident.references].some((text) => begins(text, typed))) return true;
  return incident.callsigns().some((callsign) => plain(callsign) === plain(typed));
}

/** Whether an incident is one of those looked for. */
export function isWanted(incident: Findable, { words, day }: Wanted): boolean {
  if (day !== null && (incident.answeredAt < day.from || incident.answeredAt >= day.to)) return false;
  return words.every((word) => found(word, incident));
}

/** `oak st, Thu 26 Nov 2026`: what is looked for, in words. */
export function wantedSaid({ words, day }: Wanted, timeZone: string): string {
  return [words.join(' '), day === null ? '' : dayText(day.from, timeZone)].filter(Boolean).join(', ');
}
