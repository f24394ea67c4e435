/** One kind of record of a site: what is there, and a form for one more or for the one chosen. */
import { type ReactNode, useMemo, useState } from 'react';
import { SiteRecordsOutSchema } from '#domain/cad/api.ts';
import type { RosterBody, RosterKind } from '#domain/cad/roster.ts';
import type { Json } from '#domain/kernel/json.ts';
import { builtFrom, type SetupField, type SetupKind, type Typed, typedOf } from '../../features/setup/setup-kinds.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { CheckField, SelectField, TextField } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { Refused } from '../parts/refused.tsx';
import { PasteMany } from './paste-many.tsx';
import { useKept } from './site-records.ts';

type Body = { readonly [key: string]: Json };
interface Row {
  readonly id: string;
  readonly version: number;
  readonly body: Body;
}

export function RosterEditor({ site, kind }: { readonly site: string; readonly kind: SetupKind }): ReactNode {
  const { value, problem } = useKept(kind.kind, site);
  const rows = useMemo(
    () =>
      ((value ?? []) as readonly Row[])
        .filter((row) => kind.only?.(row.body) ?? true)
        .toSorted((a, b) => kind.named(a.body).localeCompare(kind.named(b.body), 'en', { numeric: true })),
    [value, kind],
  );
  const [selected, setSelected] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  // A form begins anew when it was saved, not when somebody else changed something: what is typed stays.
  const [saved, setSaved] = useState(0);
  const [many, setMany] = useState(false);
  const row = rows.find(({ id }) => id === open) ?? null;
  const columns: readonly Column<Row>[] = [
    { key: 'named', title: kind.title, track: 'minmax(0, 1fr)', cell: (one) => kind.named(one.body) },
  ];
  return (
    <div className="editor">
      {problem ? <Refused problem={problem} /> : null}
      {many ? (
        <div className="editor-form">
          <PasteMany site={site} kind={kind} rows={rows} onDone={() => setMany(false)} />
        </div>
      ) : (
        <RecordForm
          key={`${open} ${saved}`}
          site={site}
          kind={kind}
          row={row}
          onDone={() => {
            setOpen(null);
            setSaved(saved + 1);
          }}
          onMany={() => setMany(true)}
        />
      )}
      <div className="editor-rows">
        <Grid
          label={`${kind.title} of this PSAP`}
          rows={rows}
          columns={columns}
          idOf={(one) => one.id}
          nameOf={(one) => kind.named(one.body)}
          freshness={(one) => String(one.version)}
          selected={selected}
          onSelect={setSelected}
          onEnter={(one) => setOpen(one.id)}
          empty={`No ${kind.one} yet.`}
        />
      </div>
    </div>
  );
}

function RecordForm({
  site,
  kind,
  row,
  onDone,
  onMany,
}: {
  readonly site: string;
  readonly kind: SetupKind;
  readonly row: Row | null;
  readonly onDone: () => void;
  /** Leaves it for a form of many at once. */
  readonly onMany: () => void;
}): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const archiving = useDeed();
  const [typed, setTyped] = useState<Typed>(() => typedOf(kind, row?.body ?? kind.begin));
  const [wrong, setWrong] = useState<{ readonly field: string; readonly why: string } | null>(null);
  const id = row?.id ?? null;
  const put = (body: Body | null) => () =>
    center.ask({
      path: `/v1/sites/${encodeURIComponent(site)}/records`,
      body: { records: [{ kind: kind.kind, id: id ?? crypto.randomUUID(), version: row?.version ?? 0, body }] },
      answer: SiteRecordsOutSchema,
    });
  const save = (): void => {
    const built = builtFrom(kind, row?.body ?? {}, typed);
    setWrong(built.ok ? null : { field: built.field, why: built.why });
    if (!built.ok) return;
    deed.run(put(built.body), () => {
      onDone();
      return `${kind.named(built.body)} is ${row ? 'changed' : 'added'}`;
    });
  };
  // What is wrong before the center was asked is shown at its field like what the center says.
  const shown = wrong
    ? { ...deed, problem: { status: 422, code: 'field.invalid', detail: wrong.why, field: wrong.field } }
    : deed;
  return (
    <div className="editor-form">
      <Form
        label={row ? kind.named(row.body) : `A new ${kind.one}`}
        deed={shown}
        submit={row ? 'Save' : `Add the ${kind.one}`}
        onSubmit={save}
        {...(row ? { onLeave: onDone } : {})}
      >
        <h3>{row ? kind.named(row.body) : `A new ${kind.one}`}</h3>
        {kind.fields.map((field, i) => (
          <RecordField
            key={field.name}
            site={site}
            field={field}
            focus={i === 0}
            value={typed[field.name] ?? ''}
            onChange={(value) => setTyped((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
      </Form>
      {row ? (
        <p>
          <button
            type="button"
            className="choice danger"
            onClick={() =>
              archiving.run(put(null), () => {
                onDone();
                return `${kind.named(row.body)} is archived`;
              })
            }
          >
            Archive it
          </button>
          {archiving.problem ? <Refused problem={archiving.problem} /> : null}
        </p>
      ) : (
        <p>
          <button type="button" className="choice" onClick={onMany}>
            Paste many
          </button>
        </p>
      )}
    </div>
  );
}

function RecordField({
  site,
  field,
  value,
  onChange,
  focus,
}: {
  readonly site: string;
  readonly field: SetupField;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly focus: boolean;
}): ReactNode {
  const bound = { name: field.name, label: field.label, value, onChange, focus };
  if (field.as === 'yes') {
    return (
      <CheckField
        name={field.name}
        label={field.label}
        value={value === 'yes'}
        onChange={(yes) => onChange(yes ? 'yes' : '')}
      />
    );
  }
  if (field.as === 'choice') {
    const options = (field.of as readonly string[]).map((one) => ({ value: one, title: one }));
    return <SelectField {...bound} options={[{ value: '', title: 'choose one' }, ...options]} />;
  }
  if (field.as === 'record') return <RecordChoice site={site} kind={field.of as RosterKind} {...bound} />;
  return <TextField {...bound} {...(field.optional ? { hint: 'may be left out' } : {})} />;
}

function RecordChoice({
  site,
  kind,
  ...bound
}: {
  readonly site: string;
  readonly kind: RosterKind;
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly focus: boolean;
}): ReactNode {
  const rows = (useKept(kind, site).value ?? []) as readonly {
    readonly id: string;
    readonly body: RosterBody<'agency'>;
  }[];
  const options = rows.map(({ id, body }) => ({ value: id, title: body.name }));
  return <SelectField {...bound} options={[{ value: '', title: 'none' }, ...options]} />;
}
