/** What the answer to a greeting brings besides positions: the roster with its keys, who reads what, and the time. */
import type { Clock } from '../../domain/kernel/ids.ts';
import { type HelloOut, type Roster, rosterText } from '../../domain/wire/sync.ts';
import { signatureHolds } from '../../sealing/signing.ts';
import type { Store } from '../store/store.ts';
import type { PeersPort } from './ports.ts';

type SiteKey = HelloOut['siteKeys'][number];
/** As many as a greeting takes. */
const MOST_LACKED = 64;
/** A measured offset counts when it moved by more than this and than its own uncertainty. ms */
const NOTABLE = 20;

export interface GreetingOptions {
  readonly store: Store;
  readonly peers: PeersPort | null;
  readonly clock: Clock;
  readonly steady: () => number;
  readonly trouble: (what: string, error: unknown) => void;
  /** The center has forgotten what a roster of before says, or a key of the site: it is shown with the next greeting. */
  readonly forgotten: () => void;
}

export interface Greeting {
  /** `roundTrip` in ms, from asking to the answer; `linked` are the peers that are reached now. */
  readonly take: (answer: HelloOut, roundTrip: number, linked: ReadonlySet<string>) => void;
  readonly reachPeers: (roster: Roster | null) => void;
  /** Keys of the site that the center's last answer did not have: they are given back with the next greeting. */
  readonly lacked: () => readonly SiteKey[];
}

export function createGreeting(options: GreetingOptions): Greeting {
  const { store, peers } = options;
  let saved = '';
  let lacked: readonly SiteKey[] = [];

  const seeLacked = (given: readonly SiteKey[]): void => {
    const before = lacked;
    lacked = store.keysBeside(given.map(({ id }) => id)).slice(0, MOST_LACKED);
    // Once for each: a center that does not take one is not greeted again and again for it.
    if (lacked.some(({ id }) => !before.some((one) => one.id === id))) options.forgotten();
  };

  const reachPeers = (roster: Roster | null): void => {
    if (!roster) return;
    const others = roster.peers.filter((peer) => !peer.revoked && peer.station !== store.identity.station);
    peers?.reach(others.map(({ station, key, address }) => ({ station, key, address })));
  };

  const measure = (now: number, roundTrip: number): void => {
    const offset = Math.round(now + roundTrip / 2 - options.clock());
    const uncertainty = Math.ceil(roundTrip / 2);
    const before = store.clock();
    // A measurement is as good as its round trip: a worse one that agrees says nothing new.
    if (Math.abs(offset - before.offset) > Math.max(NOTABLE, uncertainty)) store.setClockOffset(offset, uncertainty);
    store.clockConfirmed();
  };

  const trusted = (roster: Roster): boolean => {
    const { org, site } = store.identity;
    if (roster.org !== org || roster.site !== site) return false;
    const known = store.roster()?.centerKeys ?? roster.centerKeys;
    return known.some((key) => signatureHolds(key, rosterText(roster), roster.sig));
  };

  return {
    reachPeers,
    lacked: () => lacked,
    take: (answer, roundTrip, linked) => {
      measure(answer.now, roundTrip);
      const text = JSON.stringify([answer.roster, answer.siteKeys]);
      if (text !== saved) {
        if (!trusted(answer.roster)) {
          // What opens the site's facts goes to its own center alone.
          lacked = [];
          options.trouble('The roster is not signed by this site’s center', null);
          return;
        }
        const shown = store.forgottenRoster()?.version;
        store.saveRoster(answer.roster, answer.siteKeys);
        saved = text;
        const forgotten = store.forgottenRoster()?.version;
        if (forgotten !== undefined && forgotten !== shown) options.forgotten();
        // An older one was not kept: whom it still names may have been revoked since.
        reachPeers(store.roster());
      }
      seeLacked(answer.siteKeys);
      store.saveReaders({ emit: answer.emit, older: answer.older ?? [] }, linked);
    },
  };
}
