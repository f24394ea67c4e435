/** The form of one record of a site: a new one, one to change, or one to bring back. */
import { type ReactNode, useMemo, useState } from 'react';
import { SiteRecordsOutSchema } from '#domain/cad/api.ts';
import type { RosterKind } from '#domain/cad/roster.ts';
import type { Json } from '#domain/kernel/json.ts';
import { optionsOf, RecordFields, type RecordOptions } from '../../features/setup/record-field.tsx';
import { builtFrom, type SetupKind, typedOf } from '../../features/setup/setup-kinds.ts';
import { useTypedOver } from '../../features/setup/use-typed-over.ts';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Form } from '../parts/form.tsx';
import { useKept } from './site-records.ts';

export interface Row {
  readonly id: string;
  readonly version: number;
  readonly body: { readonly [key: string]: Json };
  readonly archived: boolean;
}

export function RecordForm({
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
  const over = useTypedOver(typedOf(kind, row?.body ?? kind.begin));
  const records = useRecordOptions(kind, site);
  const [id] = useState(() => row?.id ?? crypto.randomUUID());
  const put = (body: Row['body'] | null, reason?: string) =>
    center.ask({
      path: `/v1/sites/${encodeURIComponent(site)}/records`,
      body: { records: [{ kind: kind.kind, id, version: row?.version ?? 0, body }] },
      ...(reason ? { reason } : {}),
      answer: SiteRecordsOutSchema,
    });
  const save = (): void => {
    if (over.unchosen(deed.refuse)) return;
    const built = builtFrom(kind, row?.body ?? {}, over.typed);
    if (!built.ok) {
      deed.refuse(built.field, built.why);
      return;
    }
    deed.run(
      () => put(built.body),
      () => {
        onDone();
        return `${kind.named(built.body)} is ${row ? (row.archived ? 'back' : 'changed') : 'added'}`;
      },
    );
  };
  const title = row ? kind.named(row.body) : `A new ${kind.one}`;
  return (
    <div className="editor-form">
      <Form
        label={title}
        deed={deed}
        submit={row ? (row.archived ? 'Bring it back' : 'Save') : `Add the ${kind.one}`}
        onSubmit={save}
        {...(row ? { onLeave: onDone } : {})}
      >
        <h3>{title}</h3>
        {row?.archived ? (
          <p role="status" aria-label="Archived" className="strip strip-amber">
            It is archived: in no list, and not to be chosen. Bringing it back puts it there as it stands here.
          </p>
        ) : null}
        <RecordFields kind={kind} over={over} records={records} />
      </Form>
      {row === null ? (
        <p>
          <button type="button" className="choice" onClick={onMany}>
            Paste many
          </button>
        </p>
      ) : row.archived ? null : (
        <Deliberate
          title="Archive it"
          means={
            <>
              {title} leaves the lists and choices here and at every console of this PSAP. What was done with it stays
              as it was. To undo it: <b>Archived</b> under this list, Enter on it, then <b>Bring it back</b>.
            </>
          }
          done={`${title} is archived`}
          act={async (reason) => {
            const answer = await put(null, reason);
            if (answer.ok) onDone();
            return answer;
          }}
        />
      )}
    </div>
  );
}

/** What the fields of this kind can name at this site; of kinds that none of them names, nothing is asked. */
function useRecordOptions(kind: SetupKind, site: string): RecordOptions {
  const named = (of: RosterKind): string | null => (kind.fields.some((field) => field.of === of) ? site : null);
  const agency = useKept('agency', named('agency')).value;
  const facility = useKept('facility', named('facility')).value;
  return useMemo(() => ({ agency: optionsOf(agency ?? []), facility: optionsOf(facility ?? []) }), [agency, facility]);
}
