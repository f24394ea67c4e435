import type { ReactNode } from 'react';
import { holdTyped, MOST_MINUTES } from '#domain/cad/command/reason-and-minutes.ts';
import { endingsFor } from '#domain/cad/endings.ts';
import { PrioritySchema } from '#domain/cad/facts.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { holdSaid } from '#domain/cad/views/hold.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { useRoster } from '../../app/connection/use-station.ts';
import type { IncidentAsk } from '../../app/selection.ts';
import { questionOf, useTypedKept } from '../../app/typed-kept.ts';
import { onlyNamed, severalNamed } from '../../ui/only-named.ts';
import type { AskProps } from './ask-in-place.tsx';
import { AskLine } from './ask-line.tsx';
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

export function AskHold({ row, onDone }: AskProps): ReactNode {
  const [text, setText] = useAskText(row, 'hold');
  const { send, error, fail } = useSend(questionOf(row.id, 'hold'), onDone);
  const zone = useZone();
  const release = row.hold !== null;
  const { reason, minutes } = release ? { reason: text.trim(), minutes: null } : holdTyped(text);
  const tooLong = minutes !== null && minutes > MOST_MINUTES;
  const until = minutes === null || tooLong ? null : now() + minutes * 60_000;
  const held = holdSaid({ reason, until }, zone);
  return (
    <AskLine
      title={release ? 'Release' : 'Hold'}
      label={release ? 'Reason (may stay empty)' : 'Reason, and minutes until it is looked at again'}
      value={text}
      onChange={setText}
      onEnter={() =>
        tooLong
          ? fail('That is more than a week: give minutes.')
          : send('incident.hold', {
              incident: row.id,
              held: !release,
              ...(reason ? { reason } : {}),
              ...(until === null ? {} : { until }),
            })
      }
      onEscape={onDone}
      says={
        release
          ? 'Enter puts it back among the waiting calls.'
          : `Enter holds it${held ? `: ${held}` : ''}; it stays in Pending, marked.`
      }
      error={error}
    />
  );
}

export function AskPriority({ row, onDone }: AskProps): ReactNode {
  const [text, setText] = useAskText(row, 'priority');
  const { send, error, fail } = useSend(questionOf(row.id, 'priority'), onDone);
  const set = (typed: string): void => {
    const priority = PrioritySchema.safeParse(typed.trim());
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

export function AskClose({ row, onDone }: AskProps): ReactNode {
  const dispositions = useRoster<RosterBody<'disposition'>>('disposition');
  const natures = useRoster<RosterBody<'nature'>>('nature');
  const [text, setText] = useAskText(row, 'close');
  const { send, error, fail } = useSend(questionOf(row.id, 'close'), onDone);
  if (row.state === 'closed')
    return (
      <AskLine
        title="Reopen"
        label="Reason (may stay empty)"
        value={text}
        onChange={setText}
        onEnter={() => send('incident.reopen', { incident: row.id, ...(text.trim() ? { reason: text.trim() } : {}) })}
        onEscape={onDone}
        error={error}
      />
    );
  const wanted = text.trim().toLowerCase();
  const options = endingsFor(
    row.nature?.code ?? null,
    Object.values(natures).map(({ body }) => body),
    Object.values(dispositions).map(({ body }) => body),
  )
    .filter(({ code, text }) => `${code} ${text}`.toLowerCase().includes(wanted))
    .map(({ code, text }) => ({ key: code, text, code }));
  const close = (disposition: string): void => send('incident.close', { incident: row.id, disposition });
  return (
    <AskLine
      title="Close"
      label="Disposition: its digit, code, or the words"
      value={text}
      onChange={setText}
      onEnter={() => {
        const chosen = onlyNamed(options, (option) => [option.code, option.text], text);
        if (chosen) close(chosen.text);
        else if (wanted && options.length > 0)
          fail(
            severalNamed(
              text,
              options.map((option) => option.text),
            ),
          );
        else if (text.trim()) close(text.trim());
        else fail('Say how it ended: choose a disposition.');
      }}
      onEscape={onDone}
      options={options}
      onOption={(option) => close(option.text)}
      error={error}
    />
  );
}
