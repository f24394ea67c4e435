/** Looking for damage before it is stumbled on: every page's HMAC, a few pages at a time, whenever there is nothing else to do. */
import { openPages } from './sqlcipher-pages.ts';

export interface Scrubber {
  readonly next: (pages: number) => 'more' | 'sound' | 'corrupted';
  readonly close: () => void;
}

/**
 * Reads the file beside SQLite, in the same thread and between its transactions, so no page is half written. A page that does
 * not verify is no damage while the WAL has a newer one: that is what a copying back cut short leaves.
 */
export function scrubberOf(path: string, key: Uint8Array | null): Scrubber {
  const pages = openPages(path, key);
  let number = 1;
  const isInWal = (wanted: number): boolean => {
    pages.rereadWal();
    for (let place = 0; place < pages.frames; place++) {
      const image = pages.frame(place);
      if (image?.number === wanted && image.intact) return true;
    }
    return false;
  };
  return {
    next: (count) => {
      const last = pages.pages;
      const end = Math.min(number + count, last + 1);
      for (; number < end; number++) {
        const image = pages.page(number);
        if (image && !image.intact && !isInWal(number)) return 'corrupted';
      }
      if (number <= last) return 'more';
      number = 1;
      return 'sound';
    },
    close: () => pages.close(),
  };
}
