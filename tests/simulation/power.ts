/**
 * Where the power goes nothing of a process runs on: its timers and callbacks ask here whether it still lives. Where its disk is
 * full, it does.
 */
import { StoreFailure } from '../../server-bridge/store/state.ts';
import type { SimulatedCenterPort } from './ports.ts';

/** Thrown where the power goes: nothing of the process runs on. */
export class PowerCut extends Error {}

/** What SQLite throws where there is no space. */
export class DiskFull extends Error {
  readonly code = 'SQLITE_FULL';
}

export function isFull(error: unknown): boolean {
  return error instanceof StoreFailure && error.state === 'disk full';
}

/** A page that something was read from is damaged: the product's process ends, and the next one salvages. */
export function isDamaged(error: unknown): boolean {
  return error instanceof StoreFailure && error.state === 'corrupted';
}

/** What a full disk refuses is left undone. */
export function unlessFull(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** The process that something was begun for; null as long as it is starting. */
type Process = () => { readonly dead: boolean } | null;

/** Timers and callbacks of a dead process never run. */
export const living =
  <A extends unknown[]>(of: Process, run: (...args: A) => void) =>
  (...args: A): void => {
    const me = of();
    if (!me || me.dead) return;
    try {
      run(...args);
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
  };

/** Answers reach a process only while it lives, and a power cut in what they set off ends there. */
export function guarded(port: SimulatedCenterPort, me: Process): SimulatedCenterPort {
  const safe = (run: () => void): void => {
    if (me()?.dead) return;
    try {
      run();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
  };
  return {
    ...port,
    live: (events) =>
      port.live({
        onUp: () => safe(events.onUp),
        onPage: (page) => safe(() => events.onPage(page)),
        onPresence: (presence) => safe(() => events.onPresence(presence)),
        onDown: (reason) => safe(() => events.onDown(reason)),
        onRoster: () => safe(events.onRoster),
        onSessionEnded: (session) => safe(() => events.onSessionEnded(session)),
      }),
  };
}
