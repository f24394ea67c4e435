import type { ReactNode } from 'react';
import { endingsFor } from '#domain/cad/endings.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { useRoster } from '../../app/connection/use-station.ts';
import { questionOf } from '../../app/typed-kept.ts';
import { onlyNamed, severalNamed } from '../../ui/only-named.ts';
import { useAskBegun } from './ask-begun.ts';
import { AskLine } from './ask-line.tsx';
import type { AskProps } from './ask-props.ts';
import { useSend } from './use-send.ts';

/** Closes a call with a disposition, or reopens one that is closed. */
export function AskClose({ row, onDone }: AskProps): ReactNode {
  const dispositions = useRoster<RosterBody<'disposition'>>('disposition');
  const natures = useRoster<RosterBody<'nature'>>('nature');
  const { text, setText, begun, overtaken } = useAskBegun(row, 'close', row.state === 'closed' ? 'reopen' : 'close');
  const { send, error, fail } = useSend(questionOf(row.id, 'close'), onDone);
  if (begun === 'reopen') {
    const reopen = (): void => {
      if (overtaken) fail('It was reopened meanwhile. Esc leaves this.');
      else send('incident.reopen', { incident: row.id, ...(text.trim() ? { reason: text.trim() } : {}) });
    };
    return (
      <AskLine
        title="Reopen"
        label="Reason (may stay empty)"
        value={text}
        onChange={setText}
        onEnter={reopen}
        onEscape={onDone}
        error={error}
      />
    );
  }
  const wanted = text.trim().toLowerCase();
  const options = endingsFor(
    row.nature?.code ?? null,
    Object.values(natures).map(({ body }) => body),
    Object.values(dispositions).map(({ body }) => body),
  )
    .filter(({ code, text }) => `${code} ${text}`.toLowerCase().includes(wanted))
    .map(({ code, text }) => ({ key: code, text, code }));
  const close = (disposition: string): void => {
    if (overtaken) fail(`It was closed meanwhile: ${row.disposition ?? 'without a disposition'}. Esc leaves this.`);
    else send('incident.close', { incident: row.id, disposition });
  };
  const enter = (): void => {
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
  };
  return (
    <AskLine
      title="Close"
      label="Disposition: its digit, code, or the words"
      value={text}
      onChange={setText}
      onEnter={enter}
      onEscape={onDone}
      options={options}
      onOption={(option) => close(option.text)}
      error={error}
    />
  );
}
