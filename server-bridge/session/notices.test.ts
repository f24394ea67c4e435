/** A person is told at their console what happened to their account, and says that they know it, an outage or not. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HeardNotice } from '../../domain/identity/api/notices.ts';
import { SyncFailure, type Timers } from '../sync/ports.ts';
import { createNotices, type NoticesPort } from './notices.ts';
import type { Sessions } from './port.ts';
import { openSeatDesk, PASSWORD, SEAT, type SeatDesk } from './testing/seat-desk.ts';

let seat: SeatDesk;
let timer: (() => void) | null;
let faults: unknown[];
const timers: Timers = {
  after: (_, run) => {
    timer = run;
    return () => {
      timer = null;
    };
  },
};
beforeEach(() => {
  seat = openSeatDesk();
  timer = null;
  faults = [];
});
afterEach(() => {
  expect(faults).toEqual([]);
  seat.desk.close();
});

const notice = (id: string, at: number, over: Partial<HeardNotice> = {}): HeardNotice => ({
  ...{ id, at, kind: 'password changed', by: null, from: null, seen: false },
  ...over,
});
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** A center that has these, and notes what it is told; null while it is away. */
function telling(sessions: Sessions) {
  const at = {
    has: [] as HeardNotice[] | null,
    told: [] as { readonly upTo: number; readonly token: string }[],
  };
  const unreached = new SyncFailure('unreachable', 'no route');
  const center: NoticesPort = {
    newest: async () => {
      if (at.has === null) throw unreached;
      return at.has;
    },
    seen: async (upTo, token) => {
      if (at.has === null) throw unreached;
      at.told.push({ upTo, token });
    },
  };
  const notices = createNotices({ sessions, timers, center, fault: (_, error) => faults.push(error) });
  const source = notices.source(SEAT);
  return { at, notices, source, shown: () => source.feed.keys('notices') };
}

it('shows what they do not know yet, from their sign-in on and when the center says so, to them alone', async () => {
  const sessions = seat.open(seat.there());
  const { at, notices, source, shown } = telling(sessions);
  at.has = [notice('b', 2, { kind: 'of a later build' }), notice('a', 1, { seen: true })];
  await settled();
  expect(shown()).toEqual([]);
  await sessions.signIn(SEAT, 'kim', PASSWORD);
  await settled();
  expect(shown()).toEqual(['b']);
  at.has = [notice('c', 3), ...at.has];
  await settled();
  expect(timer).toBeNull();
  notices.told();
  await settled();
  expect(shown().toSorted()).toEqual(['b', 'c']);
  // Known of at another console: gone here, too.
  at.has = at.has.map((one) => ({ ...one, seen: true }));
  notices.told();
  await settled();
  expect(shown()).toEqual([]);
  at.has = null;
  notices.told();
  await settled();
  // Reached, and no answer: asked again in a while, though nothing more is said.
  at.has = [notice('d', 4)];
  timer?.();
  await settled();
  expect(shown()).toEqual(['d']);
  sessions.signOut(SEAT);
  expect(shown()).toEqual([]);
  expect(timer).toBeNull();
  source.close();
});

it('takes away what they say they know, and tells the center when it is reached', async () => {
  const sessions = seat.open(seat.there());
  const { at, notices, shown } = telling(sessions);
  at.has = [notice('b', 2), notice('a', 1)];
  await sessions.signIn(SEAT, 'kim', PASSWORD);
  await settled();
  expect(shown()).toHaveLength(2);
  const held = at.has;
  at.has = null;
  notices.seen(SEAT, 2);
  expect(shown()).toEqual([]);
  await settled();
  expect(at.told).toEqual([]);
  // The console was locked and is open again: another window's topic, the same person.
  const again = notices.source(SEAT);
  at.has = [notice('c', 3), ...held];
  await settled();
  notices.told();
  await settled();
  expect(at.told).toEqual([{ upTo: 2, token: 'access-1' }]);
  expect(again.feed.keys('notices')).toEqual(['c']);
  notices.told();
  await settled();
  expect(at.told).toHaveLength(1);
});

it('forgets an answer that comes when somebody else has the seat', async () => {
  const sessions = seat.open(seat.there());
  let say: (notices: readonly HeardNotice[]) => void = () => undefined;
  const center: NoticesPort = {
    newest: () =>
      new Promise((resolve) => {
        say = resolve;
      }),
    seen: async () => undefined,
  };
  const source = createNotices({ sessions, timers, center, fault: (_, error) => faults.push(error) }).source(SEAT);
  await sessions.signIn(SEAT, 'kim', PASSWORD);
  await settled();
  sessions.signOut(SEAT);
  say([notice('a', 1)]);
  await settled();
  expect(source.feed.keys('notices')).toEqual([]);
});
