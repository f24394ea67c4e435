/** Pages of the live channel that are beyond what is fetched: kept in one run until pulls have come to where it begins. */
import { ask, type Draft } from './draft.ts';
import { KEPT_ITEMS, type PageNote } from './state.ts';

/** What a station pushes after an outage comes back while it still reads what it missed: once is enough. */
export function keep(d: Draft, page: PageNote): void {
  const { kept, fetched, snapshot } = d.s;
  const [first = page, last] = [kept[0], kept.at(-1)];
  const goesOn = last ? page.from === last.to : page.from > fetched;
  if (snapshot !== 'no' || !goesOn || page.to === page.from || page.to - first.from > KEPT_ITEMS) return;
  d.s.kept = [...kept, page];
  ask(d, { do: 'keep', page: page.id });
}

export function forgetKept(d: Draft): void {
  if (d.s.kept.length === 0) return;
  d.s.kept = [];
  ask(d, { do: 'forgetKept' });
}

/** Has a page applied, and whatever is kept that goes on from it. */
export function take(d: Draft, page: PageNote): void {
  d.s.head = Math.max(d.s.head, page.head, page.to);
  d.s.fetched = page.to;
  ask(d, { do: 'apply', page: page.id });
  takeKept(d);
}

/** Where what is fetched has come to what is kept. */
export function takeKept(d: Draft): void {
  const begins = d.s.kept[0]?.from;
  if (begins === undefined || begins > d.s.fetched) return;
  if (begins < d.s.fetched) {
    forgetKept(d);
    return;
  }
  for (const { id, to } of d.s.kept) {
    ask(d, { do: 'apply', page: id });
    d.s.fetched = to;
  }
  d.s.kept = [];
}
