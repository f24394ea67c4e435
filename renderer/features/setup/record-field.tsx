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

/** All fields of a kind, over a record that others may save at the same time. */
export function RecordFields({
  kind,
  over,
  records,
}: {
  readonly kind: SetupKind;
  readonly over: ReturnType<typeof useTypedOver<Typed>>;
  readonly records: RecordOptions;
}): ReactNode {
  return kind.fields.map((field, i) => (
    <RecordField
      key={field.name}
      field={field}
      focus={i === 0}
      records={field.as === 'record' ? (records[field.of as RosterKind] ?? []) : []}
      value={over.typed[field.name] ?? ''}
      theirs={over.stands[field.name] ?? ''}
      followed={over.followed.includes(field.name)}
      against={over.against.includes(field.name)}
      onChange={(value) => over.type(field.name, value)}
      onChoose={(which) => over.choose(field.name, which)}
    />
  ));
}

function RecordField({
  field,
  focus,
  records,
  value,
  theirs,
  followed,
  against,
  onChange,
  onChoose,
}: {
  readonly field: SetupField;
  readonly focus: boolean;
  readonly records: readonly Option<string>[];
  readonly value: string;
  readonly theirs: string;
  readonly followed: boolean;
  readonly against: boolean;
  readonly onChange: (value: string) => void;
  readonly onChoose: (which: 'mine' | 'theirs') => void;
}): ReactNode {
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
          options={[{ value: '', title: 'choose one' }, ...(field.of as readonly string[]).map(asOption)]}
        />
      ) : field.as === 'record' ? (
        <SelectField {...bound} options={[{ value: '', title: 'none' }, ...records]} />
      ) : (
        <TextField {...bound} />
      )}
      <Meanwhile
        label={field.label}
        followed={followed}
        against={against}
        theirs={saidOf(theirs)}
        onChoose={onChoose}
      />
    </>
  );
}

const asOption = (one: string): Option<string> => ({ value: one, title: one });
