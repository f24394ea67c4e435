import { type ReactNode, useState } from 'react';
import type { HandoffRow } from '#domain/bridge/topics.ts';
import { useHandoff, useStation } from '../../app/connection/use-station.ts';

const KINDS: { readonly [K in HandoffRow['kind']]: string } = {
  run: 'Run record',
  chart: 'Patient chart',
  trip: 'Billable trip',
  report: 'Incident report',
};
const ORDER: readonly HandoffRow['kind'][] = ['run', 'chart', 'trip', 'report'];

function showFile(media: string, base64: string, name: string): void {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: media }));
  const link = document.createElement('a');
  link.href = address;
  link.target = '_blank';
  link.rel = 'noopener';
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** `Incident-report-26-00001.pdf` */
function fileName(title: string): string {
  const words = title.replace(/\s*\(PDF\)$/, '').match(/[\w-]+/g) ?? ['document'];
  return `${words.join('-')}.pdf`;
}

/** What the center made of the runs: records, charts, trips and the report, each with its state. */
export function Handoff({ incident, closed }: { readonly incident: string; readonly closed: boolean }): ReactNode {
  const rows = useHandoff(incident);
  const station = useStation();
  const [error, setError] = useState('');
  const list = Object.values(rows).sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.title.localeCompare(b.title, 'en', { numeric: true }),
  );
  if (list.length === 0)
    return closed ? <p className="muted mt-3 text-sm">Hand-off records have not come from the center yet.</p> : null;
  const open = (row: HandoffRow): void => {
    setError('');
    station
      .call('document.open', { id: row.id })
      .then((answer) => {
        if (answer.ok) showFile(answer.value.media, answer.value.base64, fileName(row.title));
        else setError(answer.refusal.message);
      })
      .catch((failure: unknown) => setError(String(failure)));
  };
  return (
    <section aria-label="Hand-off" className="handoff">
      <h3>Hand-off</h3>
      <ul>
        {list.map((row) => (
          <li key={row.id}>
            <span className="handoff-kind muted">{KINDS[row.kind]}</span>
            <span className="handoff-title">
              {row.title}
              {row.discrepancies.map((text) => (
                <span key={text} className="text-amber block">
                  differs: {text}
                </span>
              ))}
            </span>
            <span className="handoff-state">
              {row.kind === 'report' && row.state === 'outdated' ? 'outdated, the call went on' : row.state}
              {row.kind === 'chart' ? `, ${row.author ?? 'nobody’s yet'}` : null}
            </span>
            {row.kind === 'report' ? (
              <button type="button" className="choice" onClick={() => open(row)}>
                Open report
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {error ? (
        <p role="alert" className="error-line">
          {error}
        </p>
      ) : null}
    </section>
  );
}
