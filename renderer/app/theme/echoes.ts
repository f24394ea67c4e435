/**
 * Tells which of what the station says back is out of date here: while somebody turns a value further, it still answers
 * with the ones before, which must not take it back. What another window changed is never that.
 */
export interface Echoes {
  readonly sent: (value: string) => void;
  readonly isOutdated: (value: string) => boolean;
}

export function echoes(): Echoes {
  /** Sent from here and not yet heard back. */
  let waiting: readonly string[] = [];
  return {
    sent: (value) => {
      waiting = [...waiting, value];
    },
    isOutdated: (value) => {
      const at = waiting.indexOf(value);
      if (at < 0) return false;
      waiting = waiting.slice(at + 1);
      return waiting.length > 0;
    },
  };
}
