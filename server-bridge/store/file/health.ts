/** What is wrong with a store that does not open, or would lose something unnoticed if it did. */
import { existsSync, statSync } from 'node:fs';
import { openPages, PAGE, walState } from './sqlcipher-pages.ts';
import { looksLikeTree } from './sqlite-rows.ts';

const SAMPLE = 48;

/** Whether a key belongs to a store, as far as its pages tell: one page that verifies is proof, damage is none against it. */
export function keyFits(path: string, key: Uint8Array | null): boolean {
  const pages = openPages(path, key);
  try {
    let trees = 0;
    let read = 0;
    const step = Math.max(1, Math.floor(pages.pages / SAMPLE));
    for (let number = 1; number <= pages.pages; number += step) {
      const image = pages.page(number);
      if (!image) continue;
      if (image.intact) return true;
      read++;
      if (looksLikeTree(image)) trees++;
    }
    for (let place = 0; place < Math.min(pages.frames, SAMPLE); place++) {
      if (pages.frame(place)?.intact) return true;
    }
    // Where the salt is gone no page verifies; under a wrong key hardly one in a thousand looks like anything.
    return read > 1 && trees * 4 > read;
  } finally {
    pages.close();
  }
}

/**
 * A WAL that ends in one torn transaction is what a power cut leaves: nothing in it was ever said to be on disk. One whose
 * checksums stop before transactions that were complete has been damaged, and SQLite would drop those without a word; where
 * the last one had been copied back, it would read newer pages of the file beside older ones of the WAL.
 */
export function walIsDamaged(path: string, key: Uint8Array | null): boolean {
  const { commits, last, sound } = walState(path);
  const broken = commits.find((place) => place > sound);
  if (broken !== undefined && last > broken) return true;
  const read = commits.findLast((place) => place <= sound) ?? -1;
  return last > sound && isCopiedBack(path, key, read, last);
}

/**
 * Whether the file has a page as the WAL has it behind `read`, through where SQLite reads it, and otherwise than up to there. What
 * is copied back was on disk before: no power cut tore it.
 *
 * A write that takes back what the one before it did may leave a page as the file has it of old. SQLite copies pages back in the
 * order of their numbers (wal.c, `walIteratorNext`), so that is told by those before it. A transaction's frames lie in the same
 * order: as long as they do and can be read, no lost one is of a page before theirs.
 */
function isCopiedBack(path: string, key: Uint8Array | null, read: number, last: number): boolean {
  const pages = openPages(path, key);
  const isInFile = (number: number, bytes: Buffer): boolean => pages.page(number)?.bytes.equals(bytes) ?? false;
  try {
    const older = new Map<number, Buffer>();
    for (let place = 0; place <= read; place++) {
      const frame = pages.frame(place);
      if (frame?.intact) older.set(frame.number, frame.bytes);
    }
    const newest = new Map(older);
    let through = 0;
    for (let place = read + 1; place <= last; place++) {
      const frame = pages.frame(place);
      if (!frame?.intact || frame.number <= through) through = Number.POSITIVE_INFINITY;
      if (!frame?.intact) continue;
      const { number, bytes } = frame;
      const before = older.get(number);
      if (before && !before.equals(bytes) && isInFile(number, bytes))
        return number <= through || [...newest].every(([of, held]) => of >= number || isInFile(of, held));
      newest.set(number, bytes);
      through = Math.max(through, number);
    }
    return false;
  } finally {
    pages.close();
  }
}

/**
 * True for a file that is too short to be a store, which is what a truncation leaves, and for one that is gone while its log of writes
 * is there: SQLite begins anew over either, and takes the log away.
 */
export function isEmptied(path: string): boolean {
  if (existsSync(path)) return statSync(path).size < PAGE;
  return existsSync(`${path}-wal`) && statSync(`${path}-wal`).size >= PAGE;
}
