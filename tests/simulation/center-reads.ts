/** What the center of a run reads, as its build does, and what it and its workstations together let be written. */
import { type ReadersWord, readersOf } from '../../domain/kernel/readers.ts';
import { READS } from '../../domain/modules.ts';
import { readingOf } from '../../server/kernel/intake/reading.ts';
import { OLDER_READS } from './readers.ts';

export interface CenterReads {
  readonly reading: () => ReturnType<typeof readingOf>;
  /** What may be written, and who still reads less. */
  readonly word: () => ReadersWord;
  /** A workstation says what it reads. True where the word is another by it. */
  readonly said: (station: string, reads: readonly string[]) => boolean;
  /** Of this build from now on. */
  readonly upgrade: () => void;
}

/** `admits`: whether what a workstation reads counts. */
export function createCenterReads(isOlder: boolean, admits: (station: string) => boolean): CenterReads {
  const saidBy = new Map<string, readonly string[]>();
  let known = isOlder ? OLDER_READS : READS;
  let reading = readingOf(known);
  const word = (): ReadersWord =>
    readersOf(
      known,
      [...saidBy].flatMap(([station, reads]) => (admits(station) ? [{ station, reads }] : [])),
    );
  return {
    reading: () => reading,
    word,
    said: (station, reads) => {
      const before = JSON.stringify(word());
      saidBy.set(station, reads);
      return JSON.stringify(word()) !== before;
    },
    upgrade: () => {
      known = READS;
      reading = readingOf();
    },
  };
}
