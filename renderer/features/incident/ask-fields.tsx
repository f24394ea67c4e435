import type { ReactNode } from 'react';
import { PrioritySchema } from '#domain/cad/facts.ts';
import type { IncidentAsk } from '../../app/selection.ts';
import { questionOf, useTypedKept } from '../../app/typed-kept.ts';
import { AskLine } from './ask-line.tsx';
import type { AskProps } from './ask-props.ts';
import { useSend } from './use-send.ts';

/** The one line that is typed into a question about an incident. */
export function useAskText(row: AskProps['row'], kind: IncidentAsk): [string, (text: string) => void] {
  const [{ text }, type] = useTypedKept(questionOf(row.id, kind), { text: '' });
  return [text, (next) => type({ text: next })];
}

export function AskNote({ row, onDone }: AskProps): ReactNode {
  const [text, setText] = useAskText(row, 'note');
  const { send, error, fail } = useSend(questionOf(row.id, 'note'), onDone);
  return (
    <AskLine
      title="Note"
      label="Add to the timeline"
      value={text}
      onChange={setText}
      onEnter={() =>
        text.trim() ? send('incident.note', { incident: row.id, text: text.trim() }) : fail('Type the note first.')
      }
      onEscape={onDone}
      error={error}
    />
  );
}

export function AskPriority({ row, onDone }: AskProps): ReactNode {
  const [text, setText] = useAskText(row, 'priority');
  const { send, error, fail } = useSend(questionOf(row.id, 'priority'), onDone);
  const set = (typed: string): void => {
    const priority = PrioritySchema.safeParse(typed.normalize('NFKC').trim());
    if (!priority.success) {
      fail('A priority is 1, 2, 3 or 4.');
      return;
    }
    send('incident.edit', {
      incident: row.id,
      set: { priority: priority.data },
      shown: [...(row.shown.priority ?? [])],
    });
  };
  return (
    <AskLine
      title="New priority"
      label="1 to 4"
      value={text}
      onChange={setText}
      onEnter={() => set(text)}
      onEscape={onDone}
      options={['1', '2', '3', '4'].map((key) => ({ key, text: `P${key}` }))}
      onOption={(option) => set(option.key)}
      error={error}
    />
  );
}
