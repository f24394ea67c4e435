import { type ReactNode, useId } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { useRoster } from '../../app/connection/use-station.ts';
import { agenciesAsked, type NumberedAgency } from './agency-numbers.ts';
import { FieldInput } from './field-input.tsx';
import { FieldNotes } from './field-row.tsx';
import { useEdit, useField, useOnNumber } from './use-field.ts';

/** The numbers under which agencies have the call themselves, as `NR` notes them; an empty field takes one back. */
export function NumberFields({
  subject,
  row,
}: {
  readonly subject: string;
  readonly row: IncidentRow | null;
}): ReactNode {
  const agencies = useRoster<RosterBody<'agency'>>('agency');
  const units = useRoster<RosterBody<'roster_unit'>>('roster_unit');
  const asked = agenciesAsked(row, agencies, units);
  if (asked.length === 0) return null;
  return (
    <fieldset className="intake-row">
      <legend className="sr-only-text">Numbers of agencies</legend>
      <span aria-hidden="true" className="muted pt-2 text-right">
        Numbers
      </span>
      <div className="intake-numbers">
        {asked.map((agency) => (
          <NumberField key={agency.system} subject={subject} row={row} agency={agency} />
        ))}
      </div>
    </fieldset>
  );
}

function NumberField({
  subject,
  row,
  agency,
}: {
  readonly subject: string;
  readonly row: IncidentRow | null;
  readonly agency: NumberedAgency;
}): ReactNode {
  const id = useId();
  const field = `${agency.short} number`;
  const state = useField(subject, field, row, row?.references[agency.system] ?? '');
  const edit = useEdit(subject, row);
  const commit = (): boolean => {
    if (!row) return true;
    if (state.dirty) return edit({ references: { [agency.system]: state.value.trim() } }, [field], state.fail);
    state.drop();
    return true;
  };
  useOnNumber(subject, row, () => {
    if (state.dirty) commit();
  });
  return (
    <div className="min-w-0">
      <FieldInput
        id={id}
        className="field mono"
        aria-label={field}
        title={`What ${agency.name} has this call under`}
        placeholder={agency.short}
        state={state}
        commit={commit}
      />
      {state.value === '' ? null : <span className="muted text-sm">{agency.short}</span>}
      <FieldNotes id={id} state={state} />
    </div>
  );
}
