/** For how long what incidents say of people is kept, and setting it. */
import { type ReactNode, useState } from 'react';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { IncidentsKeptSchema } from '#domain/cad/keeping-api.ts';
import { INCIDENTS_KEPT_YEARS } from '#domain/cad/module.ts';
import { TextField } from '../../ui/fields.tsx';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Panel } from '../parts/panel.tsx';
import { yearsTyped } from './years-typed.ts';

const PATH = '/v1/retention/incidents';

const keptSaid = (years: number | null): string =>
  years === null
    ? 'They are kept for ever, each until somebody erases it.'
    : `Each is erased ${years} years after the last entry about it, where no legal hold stands on it.`;

export function IncidentsKept(): ReactNode {
  const center = useCenter();
  const may = useMay();
  const [typed, setTyped] = useState('');
  const mayRead = may(CAD_ACTIONS['retention.read'], { site: null }) === null;
  const kept = useAnswer(IncidentsKeptSchema, mayRead ? PATH : null).value;
  if (!kept) return null;
  return (
    <Panel title="How long incidents are kept" className="panel-fit">
      <div className="detail">
        <p>{keptSaid(kept.years)}</p>
        <Deliberate
          title="Set how long they are kept"
          means="From tomorrow on, caller, callback, place, patient, notes and report of what is older are erased, day by day, here and at every workstation. Nature, priority, units and times stay for the figures. Nobody can take this back."
          reasonNeeded
          refusedFor={may(CAD_ACTIONS['retention.change'], { site: null })}
          done="How long incidents are kept is set"
          act={(reason) =>
            center.ask({
              method: 'PUT',
              path: PATH,
              body: { years: yearsTyped(typed), reason },
              answer: IncidentsKeptSchema,
            })
          }
        >
          <TextField
            name="years"
            label="Kept, years"
            inputMode="numeric"
            value={typed}
            onChange={setTyped}
            placeholder={kept.years === null ? 'for ever' : String(kept.years)}
            hint={`${INCIDENTS_KEPT_YEARS} at least, as what stands behind a claim has to be; left empty, for ever.`}
          />
        </Deliberate>
      </div>
    </Panel>
  );
}
