/** What the list of found incidents says of itself: how far this workstation has looked, and where what is older is. Pure. */
import { type LookedRow, MOST_FOUND } from '#domain/bridge/topics.ts';
import { dateLine } from '../../app/clock/format.ts';

const incidents = (count: number): string =>
  count === 1 ? '1 incident' : `${count.toLocaleString('en-US')} incidents`;

/** `found`: how many. Times in the zone of the site. */
export function lookedSaid(looked: LookedRow, found: number, zone: string): string {
  const since = looked.back === null ? '' : `, back to ${dateLine(looked.back, zone)}`;
  switch (looked.state) {
    case 'looking':
      return `${found} found, looking on: ${incidents(looked.incidents)} so far${since}`;
    case 'enough':
      return `The newest ${MOST_FOUND}${since}. Add a word or a day to find others.`;
    case 'whole': {
      if (looked.incidents === 0) return 'This workstation holds no incident yet.';
      const among = `among all ${incidents(looked.incidents)} that this workstation holds${since}`;
      return `${found === 0 ? 'None' : found} found ${among}. What it does not hold is at the center, under Incidents.`;
    }
  }
}
