import { type ReactNode, useMemo, useState } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { useIncidents } from '../../app/connection/use-station.ts';
import { questionOf } from '../../app/typed-kept.ts';
import { useAskText } from './ask-fields.tsx';
import { AskLine } from './ask-line.tsx';
import type { AskProps } from './ask-props.ts';
import { callsLike } from './calls-like.ts';
import { othersNamed } from './other-named.ts';
import { useSend } from './use-send.ts';

const MOST_OPTIONS = 5;

const said = (row: IncidentRow): string =>
  [row.number, row.nature?.text, row.location?.text].filter(Boolean).join(' · ');

/** Links to another incident, or merges into it, those that may be the same first; the other is named by its last digits, or marked with the arrows. */
export function AskOther({ row, onDone, way }: AskProps & { readonly way: 'link' | 'merge' }): ReactNode {
  const incidents = useIncidents();
  const [text, setText] = useAskText(row, way);
  const [marked, setMarked] = useState(-1);
  const { send, error, fail } = useSend(questionOf(row.id, way), onDone);
  const typed = text.trim();
  const others = useMemo(() => {
    const rows = Object.values(incidents);
    const like = new Set(callsLike(row, rows).map((one) => one.row.id));
    return rows
      .filter((other) => other.id !== row.id && other.state !== 'merged')
      .sort((a, b) => Number(like.has(b.id)) - Number(like.has(a.id)) || b.answeredAt - a.answeredAt)
      .map((other) => ({ id: other.id, number: other.number, said: said(other) }));
  }, [incidents, row]);
  const named = othersNamed(others, typed);
  const options = named.options.slice(0, MOST_OPTIONS);
  const chosen = options[marked] ?? named.meant;
  // As it stood when it was asked: two who see the same duplicate link it, and the second must not take that apart.
  const [begun] = useState({ linked: row.linked, mergedInto: row.mergedInto });
  const go = (other: string): void => {
    const linked = begun.linked.includes(other);
    if (way === 'merge') send('incident.merge', { incident: row.id, into: other, merged: true });
    else if (row.linked.includes(other) === linked) send('incident.link', { incident: row.id, other, linked: !linked });
    else fail(`They were ${linked ? 'unlinked' : 'linked'} meanwhile. Esc leaves this.`);
  };
  const undo = way === 'merge' && !chosen && typed === '' ? begun.mergedInto : null;
  const doing =
    way === 'merge' ? ['merges', 'into'] : [chosen && begun.linked.includes(chosen.id) ? 'unlinks' : 'links', 'and'];
  return (
    <AskLine
      title={way === 'link' ? 'Link to' : begun.mergedInto !== null ? 'Merged: undo' : 'Merge into'}
      label="Last digits of the other incident"
      value={text}
      onChange={(value) => {
        setText(value);
        setMarked(-1);
      }}
      onEnter={() => {
        if (undo) send('incident.merge', { incident: row.id, into: undo, merged: false });
        else if (chosen) go(chosen.id);
        else if (typed === '') fail('Name the other incident by its last digits, or mark it with the arrows.');
        else if (options.length === 0) fail(`No other incident is named ${typed}.`);
        else fail(`${typed} names several; type more of its digits, or mark it with the arrows.`);
      }}
      onEscape={onDone}
      options={options.map((other) => ({ key: other.id, text: other.said }))}
      onOption={(option) => go(option.key)}
      marked={chosen ? options.indexOf(chosen) : -1}
      onMark={setMarked}
      says={
        undo
          ? 'Enter takes it apart again.'
          : chosen
            ? `Enter ${doing[0]} ${row.number} ${doing[1]} ${chosen.said}`
            : ''
      }
      error={error}
    />
  );
}
