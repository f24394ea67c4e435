/** The live channel as the decisions see it: one line at a time, and nothing that a line says after it was left. */
import type { StreamPage } from '../../domain/kernel/stream.ts';
import type { Presence } from '../../domain/wire/sync.ts';
import type { CenterPort } from './ports.ts';
import type { SyncEvent } from './state.ts';

export interface LiveLine {
  /** Opens a line in place of the one before. */
  readonly open: () => void;
  readonly close: () => void;
  /** Says it on the line that is open, if one is. */
  readonly presence: (presence: Presence) => void;
}

export interface LiveLineOptions {
  readonly center: Pick<CenterPort, 'live'>;
  readonly happen: (event: SyncEvent) => void;
  readonly onPage: (page: StreamPage) => void;
  readonly onPresence: (presence: Presence) => void;
  /** The center ended a session of this station from elsewhere. */
  readonly onSessionEnded: ((session: string) => void) | undefined;
  /** Somebody signed in here was told something of their account, or said elsewhere that they know it. */
  readonly onTold: (() => void) | undefined;
}

export function createLiveLine(options: LiveLineOptions): LiveLine {
  const { center, happen, onPage, onPresence, onSessionEnded, onTold } = options;
  let line: ReturnType<CenterPort['live']> | null = null;
  /** Counts lines opened and left: what an earlier one says is nobody's. */
  let lines = 0;

  return {
    open: () => {
      const mine = ++lines;
      const current = (): boolean => mine === lines;
      line = center.live({
        onUp: () => current() && happen({ t: 'liveUp' }),
        onPage: (page) => current() && onPage(page),
        onPresence: (presence) => current() && onPresence(presence),
        onDown: () => current() && happen({ t: 'liveDown' }),
        onRoster: () => current() && happen({ t: 'rosterChanged' }),
        onSessionEnded: (session) => current() && onSessionEnded?.(session),
        onTold: () => current() && onTold?.(),
      });
    },
    close: () => {
      lines++;
      line?.close();
      line = null;
    },
    presence: (presence) => line?.presence(presence),
  };
}
