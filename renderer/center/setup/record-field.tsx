/** A field of a record's form, as its kind declares it, and what somebody else saved in it meanwhile. */
import type { ReactNode } from 'react';
import type { RosterBody, RosterKind } from '#domain/cad/roster.ts';
import type { SetupField } from '../../features/setup/setup-kinds.ts';
import { CheckField, type Option, SelectField, TextField } from '../parts/fields.tsx';
import { Meanwhile } from '../parts/meanwhile.tsx';
import { useKept } from './site-records.ts';

export interface FieldOver {
  readonly value: string;
  readonly theirs: string;
  readonly followed: boolean;
  readonly against: boolean;
  readonly onChange: (value: string) => void;
  readonly onChoose: (which: 'mine' | 'theirs') => void;
}

export function RecordField({
  site,
  field,
  focus,
  over,
}: {
  readonly site: string;
  readonly field: SetupField;
  readonly focus: boolean;
  readonly over: FieldOver;
}): ReactNode {
  // A field of a kind is always of the one kind of record: asked for the same whenever it is drawn.
  const records = useRecordOptions(field.as === 'record' ? (field.of as RosterKind) : null, site);
  const { value, onChange } = over;
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
      <Meanwhile label={field.label} {...over} theirs={saidOf(over.theirs)} />
    </>
  );
}

const asOption = (one: string): Option<string> => ({ value: one, title: one });

function useRecordOptions(kind: RosterKind | null, site: string): readonly Option<string>[] {
  const rows = (useKept(kind ?? 'agency', kind === null ? null : site).value ?? []) as readonly {
    readonly id: string;
    readonly body: RosterBody<'agency'>;
  }[];
  return rows.map(({ id, body }) => ({ value: id, title: body.name }));
}
