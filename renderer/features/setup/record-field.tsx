/** A field of a record's form, as its kind declares it, and what somebody else saved in it meanwhile. */
import type { ReactNode } from 'react';
import type { RosterKind } from '#domain/cad/roster.ts';
import { CheckField, type Option, SelectField, TextField } from '../../ui/fields.tsx';
import { Meanwhile } from './meanwhile.tsx';
import type { SetupField, SetupKind, Typed } from './setup-kinds.ts';
import type { useTypedOver } from './use-typed-over.ts';

/** Records that a field can name, by their kind. */
export type RecordOptions = { readonly [kind in RosterKind]?: readonly Option<string>[] };

/** The records of a kind as they are chosen from. */
export const optionsOf = (
  rows: readonly { readonly id: string; readonly body: { readonly name: string } }[],
): readonly Option<string>[] =>
  rows
    .map(({ id, body }) => ({ value: id, title: body.name }))
    .toSorted((a, b) => a.title.localeCompare(b.title, 'en', { numeric: true }));

type Over = ReturnType<typeof useTypedOver<Typed>>;

/** All fields of a kind, over a record that others may save at the same time. */
export function RecordFields({
  kind,
  over,
  records,
}: {
  readonly kind: SetupKind;
  readonly over: Over;
  readonly records: RecordOptions;
}): ReactNode {
  return kind.fields.map((field, i) => (
    <RecordField
      key={field.name}
      field={field}
      focus={i === 0}
      records={field.as === 'record' ? (records[field.of as RosterKind] ?? []) : []}
      over={over}
    />
  ));
}

function RecordField({
  field,
  focus,
  records,
  over,
}: {
  readonly field: SetupField;
  readonly focus: boolean;
  readonly records: readonly Option<string>[];
  readonly over: Over;
}): ReactNode {
  const value = over.typed[field.name] ?? '';
  const onChange = (now: string): void => over.type(field.name, now);
  const hint = [field.hint, field.optional ? 'May be left out.' : undefined].filter(Boolean).join(' ');
  const bound = { name: field.name, label: field.label, value, onChange, focus, hint };
  const saidOf = (of: string): string =>
    field.as === 'yes' ? (of === 'yes' ? 'yes' : 'no') : (records.find((one) => one.value === of)?.title ?? of);
  return (
    <>
      {field.as === 'yes' ? (
        <CheckField
          name={field.name}
          label={field.label}
          value={value === 'yes'}
          onChange={(yes) => onChange(yes ? 'yes' : '')}
        />
      ) : field.as === 'choice' ? (
        <SelectField
          {...bound}
          options={[
            { value: '', title: 'choose one' },
            ...(field.of as readonly string[]).map((one) => ({ value: one, title: field.words?.[one] ?? one })),
          ]}
        />
      ) : field.as === 'record' ? (
        <SelectField {...bound} options={[{ value: '', title: 'none' }, ...records]} />
      ) : (
        <TextField {...bound} />
      )}
      <Meanwhile over={over} name={field.name} label={field.label} theirs={saidOf(over.stands[field.name] ?? '')} />
    </>
  );
}
