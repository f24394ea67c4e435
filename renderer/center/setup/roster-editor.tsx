/** One kind of record of a site: what is there, what was archived, and a form for one more or for the one chosen. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { SetupKind } from '../../features/setup/setup-kinds.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { LOOK_AGAIN } from '../api/use-center.ts';
import { focusFirst } from '../parts/focus.ts';
import { Refused } from '../parts/refused.tsx';
import { PasteMany } from './paste-many.tsx';
import { RecordForm, type Row } from './record-form.tsx';
import { useKept } from './site-records.ts';

export function RosterEditor({ site, kind }: { readonly site: string; readonly kind: SetupKind }): ReactNode {
  const { value, archived: gone, problem } = useKept(kind.kind, site, LOOK_AGAIN);
  const [rows, archived] = useMemo(() => {
    const listed = (of: readonly Omit<Row, 'archived'>[], as: boolean): readonly Row[] =>
      of
        .filter((row) => kind.only?.(row.body) ?? true)
        .map((row) => ({ ...row, archived: as }))
        .toSorted((a, b) => kind.named(a.body).localeCompare(kind.named(b.body), 'en', { numeric: true }));
    return [
      listed((value ?? []) as readonly Omit<Row, 'archived'>[], false),
      listed(gone as readonly Omit<Row, 'archived'>[], true),
    ];
  }, [value, gone, kind]);
  const [selected, setSelected] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  // A form begins anew when it was saved, not when somebody else changed something: what is typed stays.
  const [saved, setSaved] = useState(0);
  const [many, setMany] = useState(false);
  const [lookingBack, setLookingBack] = useState(false);
  const editor = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open !== null) focusFirst(editor.current);
  }, [open]);
  const row = [...rows, ...archived].find(({ id }) => id === open) ?? null;
  const columns: readonly Column<Row>[] = [
    { key: 'named', title: kind.title, track: 'minmax(0, 1fr)', cell: (one) => kind.named(one.body) },
  ];
  const shown = lookingBack ? archived : rows;
  return (
    <div ref={editor} className="editor">
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
            setLookingBack(false);
          }}
          onMany={() => setMany(true)}
        />
      )}
      <div className="editor-rows">
        <Grid
          label={lookingBack ? `Archived ${kind.title.toLowerCase()} of this PSAP` : `${kind.title} of this PSAP`}
          rows={shown}
          columns={columns}
          idOf={(one) => one.id}
          nameOf={(one) => kind.named(one.body)}
          freshness={(one) => String(one.version)}
          selected={selected}
          onSelect={setSelected}
          onEnter={(one) => setOpen(one.id)}
          quiet={(one) => one.archived}
          empty={lookingBack ? `No ${kind.one} is archived.` : `No ${kind.one} yet.`}
        />
      </div>
      {archived.length > 0 || lookingBack ? (
        <p>
          <button
            type="button"
            className="choice"
            aria-pressed={lookingBack}
            onClick={() => setLookingBack(!lookingBack)}
          >
            Archived ({archived.length})
          </button>
        </p>
      ) : null}
    </div>
  );
}
