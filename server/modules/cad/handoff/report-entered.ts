/** What of an incident was entered in one go, long after it happened: a report says that once, and not at each line. Pure. */
import type { TimelineRow } from '#domain/bridge/topics.ts';
import { type Moment, toTheMinute } from './report-times.ts';

export interface EnteredTogether {
  /** Ids of the facts of which it is said. */
  readonly facts: ReadonlySet<string>;
  /** Until when, from when, and by whom; empty where nothing was entered so. */
  readonly said: string;
}

/** Fewer lines say it themselves. */
const FEWEST = 4;
/** What was entered over a longer time says when, line by line, ms. */
const LONGEST = 15 * 60_000;

const NOTHING: EnteredTogether = { facts: new Set(), said: '' };

/**
 * As of a day that is replayed, or of a call that is taken over from paper: all that happened until some moment, entered by one person
 * within a quarter of an hour. `timeline`: in the order it happened.
 */
export function enteredTogether(timeline: readonly TimelineRow[], moment: Moment): EnteredTogether {
  const late = timeline.flatMap((row) => (row.entered === null ? [] : [{ ...row, entered: row.entered }]));
  const [first] = late;
  const last = late.at(-1);
  const isAlone = timeline.slice(0, late.length).every(({ entered }) => entered !== null);
  if (!first || !last || late.length < FEWEST || !isAlone || late.some(({ by }) => by !== first.by)) return NOTHING;
  const entered = late.map((row) => row.entered);
  const [from, to] = [Math.min(...entered), Math.max(...entered)];
  if (to - from > LONGEST) return NOTHING;
  const what = late.length === timeline.length ? 'All of this' : `All that happened until ${moment(last.at)}`;
  const [begun, ended] = [from, to].map((at) => toTheMinute(moment(at)));
  const when = begun === ended ? `at ${begun}` : `from ${begun} to ${ended}`;
  const who = first.by === '' ? '' : ` by ${first.by}`;
  return { facts: new Set(late.map(({ fact }) => fact)), said: `${what} was entered later, ${when}${who}.` };
}
