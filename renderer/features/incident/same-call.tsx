import { type ReactNode, useMemo } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { elapsed } from '../../app/clock/format.ts';
import { useIncidents } from '../../app/connection/use-station.ts';
import { shortNumber } from '../board/short-number.ts';
import { type CallLike, callsLike } from './calls-like.ts';

/** More would be a list of its own: a nursing home on a bad night. */
const MOST = 3;

/** Open calls that may be this one, and the commands that say whether they are. */
export function SameCall({ row }: { readonly row: IncidentRow }): ReactNode {
  const incidents = useIncidents();
  const like = useMemo(() => callsLike(row, Object.values(incidents)), [row, incidents]);
  return like.slice(0, MOST).map((one) => <Like key={one.row.id} row={row} like={one} />);
}

function Like({ row, like }: { readonly row: IncidentRow; readonly like: CallLike }): ReactNode {
  const { row: other, by } = like;
  const isLater = row.answeredAt >= other.answeredAt;
  const [later, earlier] = isLater ? [row, other] : [other, row];
  const [duplicate, call] = [shortNumber(later.number), shortNumber(earlier.number)];
  return (
    <p className="strip strip-accent mt-2">
      <b>Same call?</b> {other.number}
      {other.nature ? ` · ${other.nature.text}` : ''} · {by} · {elapsed(later.answeredAt - earlier.answeredAt)}{' '}
      {isLater ? 'before' : 'after'} —{' '}
      <span className="mono">
        M {duplicate} {call}
      </span>{' '}
      merges,{' '}
      <span className="mono">
        L {duplicate} {call}
      </span>{' '}
      keeps both
    </p>
  );
}
