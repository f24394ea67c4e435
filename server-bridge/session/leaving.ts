/** Ends sessions at the center, as soon as it is reached. */
import { SyncFailure, type Timers } from '../sync/ports.ts';
import type { AccountsPort } from './port.ts';

export interface Leaving {
  /** `replaced`: another operator took the seat. */
  readonly end: (refreshToken: string, replaced: boolean) => void;
  /** What the center has not heard of by now ends there by itself. */
  readonly close: () => void;
}

const RETRY_MS = 20_000;

export function createLeaving(accounts: Pick<AccountsPort, 'end'>, timers: Timers): Leaving {
  /** Sessions whose end the center has not heard of yet. */
  const waiting = new Set<() => void>();
  let closed = false;

  const end = (refreshToken: string, replaced: boolean): void => {
    accounts.end(refreshToken, replaced).catch((failure: unknown) => {
      const away = failure instanceof SyncFailure && failure.kind === 'unreachable';
      if (!away || closed) return;
      const forget = timers.after(RETRY_MS, () => {
        waiting.delete(forget);
        end(refreshToken, replaced);
      });
      waiting.add(forget);
    });
  };

  return {
    end,
    close: () => {
      closed = true;
      for (const forget of waiting) forget();
      waiting.clear();
    },
  };
}
