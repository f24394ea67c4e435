/** Many records of one kind at once, pasted from a spreadsheet: read as they are typed, put all or none. */
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { SiteRecordsOutSchema } from '#domain/cad/api.ts';
import type { RosterKind } from '#domain/cad/roster.ts';
import { type Held, keyFieldOf, MOST_PASTED, pastedRows } from '../../features/setup/pasted.ts';
import type { SetupKind } from '../../features/setup/setup-kinds.ts';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { Form } from '../parts/form.tsx';
import { useKept } from './site-records.ts';

export function PasteMany({
  site,
  kind,
  rows,
  onDone,
}: {
  readonly site: string;
  readonly kind: SetupKind;
  readonly rows: readonly Held[];
  readonly onDone: () => void;
}): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const id = useId();
  const lines = useRef<HTMLTextAreaElement>(null);
  useEffect(() => lines.current?.focus(), []);
  const [text, setText] = useState('');
  // What units name: asked for whatever the kind, as hooks are.
  const agencies = useKept('agency', site).value;
  const facilities = useKept('facility', site).value;
  const read = useMemo(() => {
    const named: { readonly [K in RosterKind]?: unknown } = { agency: agencies, facility: facilities };
    return pastedRows(kind, text, rows, (of) => (named[of as RosterKind] ?? []) as readonly Held[]);
  }, [kind, text, rows, agencies, facilities]);
  const many = kind.title.toLowerCase();
  const keyed = kind.fields.find(({ name }) => name === keyFieldOf(kind))?.label.toLowerCase();
  const count = read.ok ? read.rows.length : 0;
  const added = read.ok ? read.rows.filter(({ held }) => held === null).length : 0;
  const parts = read.ok
    ? [
        added > 0 ? `${added} new` : '',
        count > added ? `${count - added} changed` : '',
        read.unchanged > 0 ? `${read.unchanged} as they are` : '',
      ].filter(Boolean)
    : [];
  const put = (): void => {
    if (!read.ok || count === 0) return;
    const records = read.rows.map(({ held, body }) => ({
      ...{ kind: kind.kind, id: held?.id ?? crypto.randomUUID(), version: held?.version ?? 0, body },
    }));
    deed.run(
      () =>
        center.ask({
          path: `/v1/sites/${encodeURIComponent(site)}/records`,
          body: { records },
          answer: SiteRecordsOutSchema,
        }),
      () => {
        onDone();
        return `${many}: ${parts.join(', ')}`;
      },
    );
  };
  return (
    <Form
      label={`Paste many ${many}`}
      deed={deed}
      submit={count > 0 ? `Put these ${count} ${many}` : `Put these ${many}`}
      disabled={count === 0}
      onLeave={onDone}
      onSubmit={put}
    >
      <h3>Paste many {many}</h3>
      <p className="muted" id={`${id}-means`}>
        One line for each, as a spreadsheet copies them, or with commas between:{' '}
        <b>{kind.fields.map(({ label }) => label).join(' · ')}</b>. A first line may name the columns. Whatever is there
        under the same {keyed} is changed. At most {MOST_PASTED}.
      </p>
      <textarea
        ref={lines}
        aria-label="Lines"
        aria-describedby={`${id}-means ${id}-said`}
        className="field mono paste-lines"
        data-panel-focus=""
        rows={12}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <p
        id={`${id}-said`}
        role="status"
        aria-label="What was read"
        className={read.ok || text === '' ? 'form-hint' : 'error-line'}
      >
        {text === '' ? 'Nothing is put before you say so.' : read.ok ? `Read: ${parts.join(', ')}.` : read.why}
      </p>
    </Form>
  );
}
