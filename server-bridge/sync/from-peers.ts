/** What peers say: facts on their way into the store, where they stand, and who edits what there. */
import type { Presence } from '../../domain/wire/sync.ts';
import type { Store } from '../store/store.ts';
import type { Incoming } from './incoming.ts';
import type { ToPeers } from './outgoing.ts';
import type { PeersPort } from './ports.ts';
import type { SyncEvent } from './state.ts';

export interface FromPeersOptions {
  readonly store: Pick<Store, 'heardReads'>;
  readonly toPeers: Pick<ToPeers, 'forget'>;
  readonly incoming: Pick<Incoming, 'frames'>;
  readonly happen: (event: SyncEvent) => void;
  readonly onPresence: (presence: Presence) => void;
  readonly closed: () => boolean;
  readonly trouble: (what: string, error: unknown) => void;
}

export function hearPeers(peers: PeersPort, options: FromPeersOptions): void {
  const { store, toPeers, incoming, happen, onPresence, closed, trouble } = options;
  const noted = (station: string, reads: readonly string[]): void => {
    try {
      store.heardReads(station, reads);
    } catch (error) {
      trouble('What a peer reads could not be kept', error);
    }
  };
  peers.on({
    onUp: (station) => happen({ t: 'peerUp', station }),
    onDown: (station) => {
      toPeers.forget(station);
      happen({ t: 'peerDown', station });
    },
    onMessage: (station, message) => {
      if (closed()) return;
      // It speaks for itself alone, whatever it names.
      if (message.t === 'presence') onPresence({ ...message.presence, station });
      else if (message.t === 'frames') return incoming.frames(station, message.frames, message.keys);
      else {
        noted(station, message.reads);
        const logs = Object.entries(message.logs).map(([log, seq]) => ({ log, seq }));
        happen({ t: 'peerMessage', station, centerReached: message.centerReached, logs });
      }
      return;
    },
  });
}
