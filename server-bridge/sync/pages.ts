/**
 * Pages of the stream that came: each is here while it is decided what becomes of it, and longer where it may be applied
 * later. What is fetched may be ahead of what the store has: a page asked for next has to follow on the newest that was taken.
 */
import type { StreamPage } from '../../domain/kernel/stream.ts';
import { itemHash } from '../../sealing/digest.ts';
import type { Store } from '../store/store.ts';
import type { PageNote } from './state.ts';

export interface Pages {
  /** Has it here until it is decided about. */
  readonly came: (page: StreamPage) => PageNote;
  /** It was: what is not kept is let go of. */
  readonly decided: (id: number) => void;
  readonly keep: (id: number) => void;
  readonly forgetKept: () => void;
  /** A page that is applied now; undefined where it was let go of. What is fetched ends with it. */
  readonly take: (id: number) => StreamPage | undefined;
  /** Hash of the item at a number where what is fetched ends, as far as it is known. */
  readonly hashAt: (n: number) => string | undefined;
  /** Another epoch: what was fetched of the one before says nothing of it. */
  readonly beginEpoch: () => void;
}

export function createPages(store: Pick<Store, 'cursor' | 'cursorHash'>): Pages {
  let ids = 0;
  const here = new Map<number, StreamPage>();
  const kept = new Map<number, StreamPage>();
  let fetched: { readonly n: number; readonly hash: string } | null = null;

  const hashAt = (n: number): string | undefined => {
    if (fetched?.n === n) return fetched.hash;
    return store.cursor()?.n === n ? (store.cursorHash() ?? undefined) : undefined;
  };

  return {
    came: (page) => {
      const id = ++ids;
      here.set(id, page);
      const to = page.from + page.items.length;
      const [last, known] = [page.items.at(-1), hashAt(to)];
      const elsewhere = last !== undefined && known !== undefined && itemHash(last) !== known;
      return { id, epoch: page.epoch, from: page.from, to, head: page.head, elsewhere };
    },
    decided: (id) => void here.delete(id),
    keep: (id) => {
      const page = here.get(id);
      if (page) kept.set(id, page);
    },
    forgetKept: () => kept.clear(),
    take: (id) => {
      const page = here.get(id) ?? kept.get(id);
      kept.delete(id);
      const last = page?.items.at(-1);
      if (last) fetched = { n: last.n, hash: itemHash(last) };
      return page;
    },
    hashAt,
    beginEpoch: () => {
      fetched = null;
    },
  };
}
