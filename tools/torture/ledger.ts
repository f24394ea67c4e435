/** What the stations acknowledged, written down outside them: on disk before the next action is begun. */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** One answer of a station. */
export interface Acknowledged {
  readonly station: number;
  readonly call: string;
  readonly facts: readonly string[];
  readonly incident?: string;
  readonly number?: string;
}

export interface Ledger {
  readonly note: (entry: Acknowledged) => void;
  readonly entries: () => readonly Acknowledged[];
  readonly close: () => void;
}

export function openLedger(file: string): Ledger {
  const fd = openSync(file, 'a', 0o600);
  return {
    note: (entry) => {
      writeSync(fd, `${JSON.stringify(entry)}\n`);
      fsyncSync(fd);
    },
    entries: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Acknowledged),
    close: () => closeSync(fd),
  };
}
