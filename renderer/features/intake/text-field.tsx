import { type ReactNode, useRef } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { FieldInput } from './field-input.tsx';
import { FieldRow } from './field-row.tsx';
import { useEdit, useField, useOnNumber } from './use-field.ts';

/** Callback, caller or patient: plain text, in the incident on Enter or when the field is left. */
export function TextField({
  subject,
  row,
  field,
  label,
  hint,
  inputId,
  onEntered,
}: {
  readonly subject: string;
  readonly row: IncidentRow | null;
  readonly field: 'callback' | 'caller' | 'patient';
  readonly label: string;
  readonly hint: string;
  readonly inputId: string;
  /** Enter, with something in it or not: on to the next question. */
  readonly onEntered: () => void;
}): ReactNode {
  const id = inputId;
  const stands = row?.[field] ?? '';
  const state = useField(subject, field, row, stands);
  const edit = useEdit(subject, row);
  const entered = useRef(false);
  const commit = (): boolean => {
    entered.current = !row;
    if (!row) return true;
    if (state.dirty) return edit({ [field]: state.value.trim() }, [field], state.fail);
    state.drop();
    return true;
  };
  // What was typed before the incident had its number goes in as soon as it has one.
  useOnNumber(subject, row, () => {
    if (state.dirty && (entered.current || document.activeElement?.id !== id)) commit();
  });
  return (
    <FieldRow id={id} label={label} state={state}>
      <FieldInput id={id} className="field" placeholder={hint} state={state} commit={commit} onEntered={onEntered} />
    </FieldRow>
  );
}
