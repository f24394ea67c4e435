/** Who listens at the center of a run, as workstations do by its live channel. */
import type { StreamPage } from '../../domain/kernel/stream.ts';
import type { Presence } from '../../domain/wire/sync.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How often a site is told of what may change with its next greeting. ms */
const TOLD_EVERY = 20_000;

export interface Listener {
  readonly station: string;
  readonly page: (page: StreamPage) => void;
  readonly roster: () => void;
  readonly presence: (presence: Presence) => void;
  readonly crash: () => void;
}

export interface Listeners {
  /** Returns how to stop. */
  readonly listen: (listener: Listener) => () => void;
  readonly page: (page: StreamPage) => void;
  readonly rosterChanged: () => void;
  /** With its next greeting something may. */
  readonly rosterMayChange: () => void;
  /** Tells the others what somebody edits. */
  readonly presence: (from: string, presence: Presence) => void;
  /** The channels of one workstation end. */
  readonly cutOff: (station: string) => void;
  /** All do: the process is gone. */
  readonly gone: () => void;
}

export function createListeners(time: VirtualTime): Listeners {
  const listeners = new Set<Listener>();
  const rosterChanged = (): void => {
    for (const listener of [...listeners]) listener.roster();
  };
  let isTelling = false;
  return {
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    page: (page) => {
      for (const listener of [...listeners]) listener.page(page);
    },
    rosterChanged,
    // As the center's doors do it (server/kernel/sync/telling.ts).
    rosterMayChange: () => {
      if (isTelling) return;
      isTelling = true;
      time.after(TOLD_EVERY, () => {
        isTelling = false;
        rosterChanged();
      });
    },
    presence: (from, presence) => {
      for (const listener of [...listeners]) if (listener.station !== from) listener.presence(presence);
    },
    cutOff: (station) => {
      for (const listener of [...listeners]) if (listener.station === station) listener.crash();
    },
    gone: () => {
      for (const listener of [...listeners]) listener.crash();
      listeners.clear();
    },
  };
}
