import { type ReactNode, useState } from 'react';
import type { RequestRow } from '#domain/bridge/topics.ts';
import { useNow, useZone } from '../../app/clock/clock.ts';
import { elapsed, when } from '../../app/clock/format.ts';
import { useRequests, useStation } from '../../app/connection/use-station.ts';

/** Waiting and refused ones first, the newest first. Pure. */
function requestsInOrder(rows: readonly RequestRow[]): RequestRow[] {
  const rank = { refused: 0, waiting: 1, accepted: 2 } as const;
  return rows.toSorted((a, b) => rank[a.state] - rank[b.state] || b.madeAt - a.madeAt);
}

/** What was asked of the center: each that is not accepted can be sent again or withdrawn. */
export function RequestsPanel(): ReactNode {
  const rows = requestsInOrder(Object.values(useRequests()));
  const now = useNow();
  const zone = useZone();
  const station = useStation();
  const [error, setError] = useState('');
  const send = (name: 'request.retry' | 'request.withdraw', request: string): void => {
    station
      .call(name, { request })
      .then((answer) => setError(answer.ok ? '' : answer.refusal.message))
      .catch((failure: unknown) => setError(String(failure)));
  };
  if (rows.length === 0)
    return (
      <p tabIndex={0} data-panel-focus="" className="muted h-full p-3">
        Nothing waits for the center's answer.
      </p>
    );
  return (
    <ul className="h-full overflow-auto" tabIndex={0} data-panel-focus="" aria-label="Requests">
      {error ? (
        <li role="alert" className="error-line px-3">
          {error}
        </li>
      ) : null}
      {rows.map((row) => (
        <li key={row.id} className="border-b border-line px-3 py-1.5">
          <div className="flex items-baseline gap-3">
            <span className="time">{when(row.madeAt, now, zone)}</span>
            <span className="min-w-0 flex-1">{row.said}</span>
            {row.state === 'accepted' ? <span className="text-good">accepted</span> : null}
            {row.state === 'waiting' ? (
              <span className="text-amber">
                waiting {elapsed(now - row.madeAt)}
                {row.attempts > 1 ? ` · ${row.attempts} tries` : ''}
              </span>
            ) : null}
            {row.state === 'refused' ? <span className="text-bad">refused</span> : null}
            {row.state === 'accepted' ? null : (
              <>
                <button type="button" className="choice" onClick={() => send('request.retry', row.id)}>
                  Send again
                </button>
                <button type="button" className="choice" onClick={() => send('request.withdraw', row.id)}>
                  Withdraw
                </button>
              </>
            )}
          </div>
          {row.state === 'waiting' && row.lastError ? <p className="muted text-sm">{row.lastError}</p> : null}
          {row.decision?.rules
            .filter((rule) => rule.verdict !== 'ALLOW')
            .map((rule) => (
              <p key={rule.rule + rule.reason} className="text-sm text-bad">
                {rule.reason}
              </p>
            ))}
        </li>
      ))}
    </ul>
  );
}
