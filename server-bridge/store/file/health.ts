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
 * checksums stop before transactions that were complete has been damaged, and SQLite would drop those without a word.
 */
export function walIsDamaged(path: string): boolean {
  const { commits, last, sound } = walState(path);
  const broken = commits.find((place) => place > sound);
  return broken !== undefined && last > broken;
}

/** True for a file that is too short to be a store, with nothing in its WAL either: what a truncation leaves. */
export function isEmptied(path: string): boolean {
  if (!existsSync(path) || statSync(path).size >= PAGE) return false;
  return !existsSync(`${path}-wal`) || statSync(`${path}-wal`).size < PAGE;
}
