/**
 * What is said over the live channel (socket.io at `LIVE_PATH`), by whom. The channel's types come from here: what is not
 * declared cannot be said, and who hears it is held to a reviewed file (tests/access/wire.csv).
 */
import type { StreamPage } from '../kernel/stream.ts';
import type { Presence } from './sync.ts';

/** What the center says to a workstation. */
export interface LiveFromCenter {
  /** What was committed to the stream of its site. */
  readonly page: (page: StreamPage) => void;
  /** Who edits what at another workstation of its site. */
  readonly presence: (presence: Presence) => void;
  /** The roster of its site is another: greet, and it comes. */
  readonly roster: () => void;
  /** A session at this workstation was ended elsewhere. */
  readonly 'session.ended': (ended: { readonly session: string }) => void;
  /** Somebody signed in at this workstation was told something of their account, or said elsewhere that they know it: ask. */
  readonly told: () => void;
  /** What it said could not be read. */
  readonly refused: (why: { readonly code: string; readonly message: string }) => void;
  /** That the center is there: whenever nothing else was said to its site for {@link BEAT_MS}. */
  readonly beat: () => void;
}

/** What a workstation says to the center. */
export interface LiveFromStation {
  /** Who edits what here; the center says from which workstation it came. */
  readonly presence: (presence: Presence) => void;
}

/** A workstation that hears nothing for notably longer asks whether the center is there. ms */
export const BEAT_MS = 1_000;
