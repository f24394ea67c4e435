import { type ReactNode, useMemo, useState } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { useIncidents } from '../../app/connection/use-station.ts';
import { useSend } from './ask-fields.tsx';
import type { AskProps } from './ask-in-place.tsx';
import { AskLine } from './ask-line.tsx';

const said = (row: IncidentRow): string =>
  [row.number, row.nature?.text, row.location?.text].filter(Boolean).join(' · ');

/** Links to another incident, or merges into it; the other is named by its last digits. */
export function AskOther({ row, onDone, way }: AskProps & { readonly way: 'link' | 'merge' }): ReactNode {
  const incidents = useIncidents();
  const [text, setText] = useState('');
  const { send, error, fail } = useSend(onDone);
  const typed = text.trim().toLowerCase();
  const others = useMemo(
    () =>
      Object.values(incidents)
        .filter((other) => other.id !== row.id && other.state !== 'merged')
        .filter((other) => said(other).toLowerCase().includes(typed))
        .sort((a, b) => b.answeredAt - a.answeredAt),
    [incidents, row.id, typed],
  );
  const go = (other: string): void => {
    if (way === 'link') send('incident.link', { incident: row.id, other, linked: !row.linked.includes(other) });
    else send('incident.merge', { incident: row.id, into: other, merged: true });
  };
  const undo = way === 'merge' && row.mergedInto !== null ? row.mergedInto : null;
  const chosen = others.find((other) => other.number.toLowerCase().endsWith(typed)) ?? others[0];
  return (
    <AskLine
      title={way === 'link' ? 'Link to' : undo ? 'Merged: undo' : 'Merge into'}
      label="Last digits of the other incident"
      value={text}
      onChange={setText}
      onEnter={() => {
        if (undo && !typed) send('incident.merge', { incident: row.id, into: undo, merged: false });
        else if (typed && chosen) go(chosen.id);
        else fail('Name the other incident by its last digits.');
      }}
      onEscape={onDone}
      options={others.slice(0, 5).map((other) => ({ key: other.id, text: said(other) }))}
      onOption={(option) => go(option.key)}
      says={
        undo && !typed
          ? 'Enter takes it apart again.'
          : typed && chosen
            ? `Enter ${way === 'merge' ? 'merges' : row.linked.includes(chosen.id) ? 'unlinks' : 'links'} ${row.number} ${way === 'merge' ? 'into' : 'and'} ${said(chosen)}`
            : ''
      }
      error={error}
    />
  );
}
