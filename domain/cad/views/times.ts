/** Times of an assignment or incident: what was first recorded, under what was amended. Both are kept. */
import type { AssignmentRow } from '../../bridge/topics.ts';
import { type Folded, shownValue } from '../../kernel/fold.ts';
import { TIME_ELEMENTS, type TimeElement } from '../status.ts';
import { fieldsOf, isActive, numberIn, runOf, textOf } from './reading.ts';

export type Times = AssignmentRow['times'];
type Time = NonNullable<Times[TimeElement]>;

const ELEMENTS = Object.keys(TIME_ELEMENTS) as TimeElement[];
/** Times that a run which goes on does not have, although an earlier end of it may have left one. */
export const ENDS: readonly TimeElement[] = ['backInService', 'canceled'];

/** The time that counts for an element, ms UTC; undefined where there is none or it was struck. */
export function timeOf(folded: Folded | undefined, element: TimeElement): Time | undefined {
  const first = folded?.firsts[element]?.at;
  const amendment = shownValue(folded, `time:${element}`);
  if (amendment === undefined) return first === undefined ? undefined : { at: first, amended: false };
  const { at, reason } = fieldsOf(amendment);
  const amended = numberIn(at);
  if (amended === null) return undefined;
  return {
    at: amended,
    amended: true,
    ...(first === undefined ? {} : { was: first }),
    ...(textOf(reason) ? { reason: textOf(reason) } : {}),
  };
}

/** Every time that counts. Of a run that goes on none that would end it, unless somebody amended it. */
export function timesOf(folded: Folded): Times {
  const run = runOf(folded);
  const goesOn = run !== null && isActive(run);
  const times: { [E in TimeElement]?: Time } = {};
  for (const element of ELEMENTS) {
    const time = timeOf(folded, element);
    if (time && !(goesOn && !time.amended && ENDS.includes(element))) times[element] = time;
  }
  return times;
}
