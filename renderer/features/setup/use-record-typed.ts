/**
 * The form of a record that is half typed: kept as the text of a question is, over the lock and the end of the window, with
 * what the record said then, so that what somebody else saved meanwhile is still told from what was typed.
 */
import { useEffect, useRef } from 'react';
import { useStation } from '../../app/connection/use-station.ts';
import { forgetTyped, questionOf, useTypedKept } from '../../app/typed-kept.ts';
import { goOnOver } from './typed-over.ts';
import { useTypedOver } from './use-typed-over.ts';

type Typed = { readonly [field: string]: string };

const named = (as: string, fields: Typed): Typed =>
  Object.fromEntries(Object.entries(fields).map(([name, text]) => [`${as} ${name}`, text]));
const read = (as: string, begin: Typed, kept: Typed): Typed =>
  Object.fromEntries(Object.keys(begin).map((name) => [name, kept[`${as} ${name}`] ?? '']));

interface RecordTyped {
  readonly over: ReturnType<typeof useTypedOver<Typed>>;
  /** It was saved or left: the next time it begins as the record stands. */
  readonly forget: () => void;
}

/** `record`: its id, or `new`. `stands`: its fields as they stand now. */
export function useRecordTyped(kind: string, record: string, stands: Typed): RecordTyped {
  const station = useStation();
  const question = questionOf(record, `setup ${kind}`);
  const begin: Typed = { ...named('typed', stands), ...named('stood', stands), against: '' };
  const [kept, keep] = useTypedKept(question, begin);
  const over = useTypedOver<Typed>(
    stands,
    goOnOver(read('typed', stands, kept), read('stood', stands, kept), (kept.against ?? '').split(' ')),
  );
  const { typed, stands: stood, against } = over;
  const before = useRef({ typed, against });
  // biome-ignore lint/correctness/useExhaustiveDependencies: kept when it changes, whoever drew it anew
  useEffect(() => {
    if (before.current.typed === typed && before.current.against === against) return;
    before.current = { typed, against };
    keep({ ...named('typed', typed), ...named('stood', stood), against: against.join(' ') });
  }, [typed, against, stood]);
  return { over, forget: () => forgetTyped(station, question) };
}
