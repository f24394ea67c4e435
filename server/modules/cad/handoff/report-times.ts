/** Times as an incident report says them: where the center is, and with what stood there before somebody amended them. Pure. */
import { clockTextOnce, wallTime } from '#domain/cad/sentences/local-time.ts';
import { TIME_WORDS } from '#domain/cad/sentences/words.ts';
import { TIME_ELEMENTS, type TimeElement } from '#domain/cad/status.ts';
import { sidesDiffer } from '#domain/cad/views/conflicts.ts';
import { enteredLater } from '#domain/cad/views/entered.ts';
import { fieldsOf, numberIn, textOf } from '#domain/cad/views/reading.ts';
import type { timeOf } from '#domain/cad/views/times.ts';
import { type First, type Folded, type Side, shownValue, sidesOf } from '#domain/kernel/fold.ts';
import type { Gathered } from './gather.ts';
import type { EnteredTogether } from './report-entered.ts';

export interface ReportTime {
  readonly element: TimeElement;
  readonly label: string;
  /** NEMSIS name, e.g. `eTimes.06`. */
  readonly nemsis: string;
  readonly text: string;
  /** That it was amended or struck, what was first recorded, why, by whom and when; empty where it stands as it was recorded. */
  readonly amended: string;
  /** Minutes after it happened: when, and by whom; empty where it was entered at once, or was amended. */
  readonly entered: string;
}

/** How a report says a moment, ms UTC. */
export type Moment = (at: number) => string;

/** The time of day; a moment that is not of the day of `of` says its own. */
export function momentsBy(of: number, zone: string): Moment {
  const day = dayText(of, zone);
  return (at) =>
    dayText(at, zone) === day ? clockTextOnce(at, zone) : `${isoDay(at, zone)} ${clockTextOnce(at, zone)}`;
}

/** `was`: what was recorded before, ms UTC; undefined where nothing was. */
export function amendedSaid(
  of: Folded,
  element: TimeElement,
  was: number | undefined,
  moment: Moment,
  world: Pick<Gathered['world'], 'personName'>,
): string {
  const register = `time:${element}`;
  const sides = sidesOf(of, register);
  const counting = sides.filter(({ claims }) => claims.some(({ contested }) => !contested));
  const standing = counting.length > 0 ? counting : sides;
  const before = was === undefined ? 'not recorded before' : `recorded as ${moment(was)}`;
  // The time that stands above it is that of one of them, and no more than that.
  if (sidesDiffer(of, register)) {
    const each = standing.map((side) => amendmentSaid(side, '', moment, world));
    return `not settled, ${before}; ${each.join(', or ')}`;
  }
  const [only] = standing;
  return only ? amendmentSaid(only, before, moment, world) : before;
}

/** `before`: what stood there; left out where there are others, and then the time that it was amended to is said. */
function amendmentSaid(
  { value, claims: [claim] }: Side,
  before: string,
  moment: Moment,
  world: Pick<Gathered['world'], 'personName'>,
): string {
  const { at, reason } = fieldsOf(value);
  const to = numberIn(at);
  const what = to === null ? 'struck' : before ? 'amended' : `amended to ${moment(to)}`;
  const who = claim ? ` (${world.personName(claim.by)}, ${moment(claim.at)})` : '';
  return [[what, before].filter(Boolean).join(', '), textOf(reason)].filter(Boolean).join(': ') + who;
}

/** `14:02` of `14:02:07`; days and zones stay. */
export const toTheMinute = (moment: string): string => moment.replace(/(\d\d:\d\d):\d\d/, '$1');

/** Where a time came from, and of which of those it is said once for all. */
export interface Entered extends Pick<Gathered, 'facts' | 'world'> {
  readonly together: EnteredTogether;
}

/** `15:10 (Dora Reyes)` of a first time that was entered minutes after it, and not together with the rest; else empty. */
export function enteredSaid(
  first: Pick<First, 'at' | 'fact' | 'by'> | undefined,
  { facts, world, together }: Entered,
  moment: Moment,
): string {
  const fact = facts.find(({ id }) => id === first?.fact);
  const entered = first && fact && !together.facts.has(fact.id) ? enteredLater({ at: first.at, hlc: fact.hlc }) : null;
  return entered === null ? '' : `${toTheMinute(moment(entered))} (${world.personName(first?.by ?? null)})`;
}

/** Those of a unit's run that it has, or had until they were struck. */
export function timesOfRun(
  run: Folded,
  times: { readonly [E in TimeElement]?: ReturnType<typeof timeOf> },
  moment: Moment,
  of: Entered,
): ReportTime[] {
  return (Object.keys(TIME_ELEMENTS) as TimeElement[]).flatMap((element) => {
    const time = times[element];
    const first = run.firsts[element];
    const isStruck = !time && shownValue(run, `time:${element}`) !== undefined && first !== undefined;
    if (!time && !isStruck) return [];
    const isAmended = isStruck || time?.amended;
    return [
      {
        element,
        label: TIME_WORDS[element],
        nemsis: TIME_ELEMENTS[element],
        text: time ? moment(time.at) : '–',
        amended: isAmended ? amendedSaid(run, element, first?.at, moment, of.world) : '',
        entered: isAmended ? '' : enteredSaid(first, of, moment),
      },
    ];
  });
}

/** `2026-11-22`, where the center is. */
export function isoDay(at: number, zone: string): string {
  return new Date(wallTime(at, zone)).toISOString().slice(0, -14);
}

const DAYS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });

/** `Sunday, 22 November 2026`, where the center is. */
export function dayText(at: number, zone: string): string {
  return DAYS.format(wallTime(at, zone));
}
