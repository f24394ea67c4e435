/** Which open calls may be the very one that another caller reports: by what was typed, for no gazetteer knows where it is. Pure. */
import type { IncidentRow } from '#domain/bridge/topics.ts';

/** Two calls further apart than this are two, whatever they say. ms */
const SAME_WITHIN_MS = 60 * 60_000;
/** A subscriber's number without its area: fewer digits are an extension, which many share. */
const FEWEST_DIGITS = 7;

/** As the Postal Service abbreviates them (Publication 28, appendix B and C1). */
const SHORT: { readonly [word: string]: string } = {
  avenue: 'ave',
  boulevard: 'blvd',
  circle: 'cir',
  court: 'ct',
  drive: 'dr',
  east: 'e',
  highway: 'hwy',
  lane: 'ln',
  north: 'n',
  parkway: 'pkwy',
  place: 'pl',
  road: 'rd',
  south: 's',
  square: 'sq',
  street: 'st',
  terrace: 'ter',
  west: 'w',
};

export interface CallLike {
  readonly row: IncidentRow;
  readonly by: 'same place' | 'same number';
}

/** A place as it is the same for two who type it differently: a corner by either street first. */
function placeKey(text: string): string {
  const parts = text.toLowerCase().split(/\/|&|\band\b/);
  const words = (part: string): string[] => part.match(/[\p{L}\p{N}]+/gu) ?? [];
  return parts
    .map((part) =>
      words(part)
        .map((word) => SHORT[word] ?? word)
        .join(' '),
    )
    .filter(Boolean)
    .sort()
    .join(' / ');
}

function isSameNumber(one: string, other: string): boolean {
  const [a, b] = [one.replace(/\D/g, ''), other.replace(/\D/g, '')];
  return Math.min(a.length, b.length) >= FEWEST_DIGITS && (a.endsWith(b) || b.endsWith(a));
}

const isOpen = ({ state }: IncidentRow): boolean => state !== 'closed' && state !== 'merged';

/** Of `rows` those that may be the same as this one, the nearest in time first. Whoever linked two knows that they are two. */
export function callsLike(row: IncidentRow, rows: readonly IncidentRow[]): readonly CallLike[] {
  if (!isOpen(row)) return [];
  const place = placeKey(row.location?.text ?? '');
  const apart = (other: IncidentRow): number => Math.abs(other.answeredAt - row.answeredAt);
  return rows
    .filter((other) => other.id !== row.id && isOpen(other) && apart(other) <= SAME_WITHIN_MS)
    .filter((other) => !row.linked.includes(other.id))
    .flatMap((other): CallLike[] => {
      if (place !== '' && placeKey(other.location?.text ?? '') === place) return [{ row: other, by: 'same place' }];
      return isSameNumber(row.callback, other.callback) ? [{ row: other, by: 'same number' }] : [];
    })
    .sort((a, b) => apart(a.row) - apart(b.row));
}
