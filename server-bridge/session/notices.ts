/** What people are told of their own accounts, at the seat where they are signed in. The center has it; nothing of it is kept here. */
import type { HeardNotice } from '../../domain/identity/api/notices.ts';
import { createFeed, type Source } from '../dispatch/feed.ts';
import type { Notices } from '../dispatch/surroundings.ts';
import { SyncFailure, type Timers } from '../sync/ports.ts';
import type { Sessions } from './port.ts';

/** The center's notices of whoever a token was given to. Both reject with SyncFailure. */
export interface NoticesPort {
  /** The newest first. */
  readonly newest: (token: string) => Promise<readonly HeardNotice[]>;
  /** They know of all up to and with this time. */
  readonly seen: (upTo: number, token: string) => Promise<void>;
}

export interface NoticesOptions {
  readonly sessions: Pick<Sessions, 'me' | 'accessToken' | 'onChange'>;
  readonly timers: Timers;
  readonly center: NoticesPort;
  /** Told of what should never happen. */
  readonly fault: (where: string, error: unknown) => void;
}

/** After an answer that did not come: a center that is away says itself when it is back. ms */
const AGAIN_MS = 60_000;

/** Up to when somebody knows what they were told, and whether the center has heard that. */
interface Known {
  readonly upTo: number;
  readonly told: boolean;
}

/** What windows watch, and how it is brought up to date. */
export interface ToldNotices extends Notices {
  /** Something may be new of anybody who is signed in here: the center said so, or is reached again. */
  readonly told: () => void;
}

/** Asked for when the center says that there is something, when it is reached again, and with each new token of a session. */
export function createNotices({ sessions, timers, center, fault }: NoticesOptions): ToldNotices {
  // By person, so that what one said in an outage stands until the center is reached, a locked console or not.
  const known = new Map<string, Known>();
  const watched = new Map<string, { readonly look: () => void; readonly ask: () => void }>();

  const tell = async (user: string, token: string): Promise<void> => {
    const has = known.get(user);
    if (!has || has.told) return;
    await center.seen(has.upTo, token);
    if (known.get(user) === has) known.set(user, { ...has, told: true });
  };

  const source = (seat: string): Source => {
    const feed = createFeed(['notices']);
    let heard: readonly HeardNotice[] = [];
    let user: string | null = null;
    let token: string | null = null;
    let asked = 0;
    let stopTimer = (): void => undefined;

    const look = (): void => {
      const upTo = known.get(user ?? '')?.upTo ?? -1;
      const rows = heard.filter(({ seen, at }) => !seen && at > upTo);
      const ids = new Set(rows.map(({ id }) => id));
      for (const key of feed.keys('notices')) if (!ids.has(key)) feed.drop('notices', key);
      for (const row of rows) feed.put('notices', row.id, { ...row });
      feed.flush();
    };
    const ask = (): void => {
      stopTimer();
      if (user === null || token === null) return;
      const [of, by, turn] = [user, token, ++asked];
      const answered = async (): Promise<void> => {
        await tell(of, by);
        const newest = await center.newest(by);
        if (turn !== asked) return;
        heard = newest;
        look();
      };
      answered().catch((failure: unknown) => {
        if (!(failure instanceof SyncFailure)) fault('notices', failure);
        if (turn === asked) stopTimer = timers.after(AGAIN_MS, ask);
      });
    };
    const turned = (): void => {
      const now = sessions.me(seat)?.user ?? null;
      const held = sessions.accessToken(seat);
      if (now === user && held === token) return;
      asked++;
      stopTimer();
      if (now !== user) heard = [];
      user = now;
      token = held;
      look();
      ask();
    };
    turned();
    const stopSessions = sessions.onChange((changed) => {
      if (changed === seat) turned();
    });
    watched.set(seat, { look, ask });
    return {
      feed,
      close: () => {
        asked++;
        stopTimer();
        stopSessions();
        watched.delete(seat);
      },
    };
  };

  return {
    source,
    told: () => {
      for (const { ask } of watched.values()) ask();
    },
    seen: (seat, upTo) => {
      const user = sessions.me(seat)?.user;
      if (user === undefined || (known.get(user)?.upTo ?? -1) >= upTo) return;
      known.set(user, { upTo, told: false });
      for (const { look } of watched.values()) look();
      watched.get(seat)?.ask();
    },
  };
}
