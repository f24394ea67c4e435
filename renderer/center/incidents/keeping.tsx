/** What is kept of an incident, and what is not: legal holds, and erasing it for good. */
import { type ReactNode, useState } from 'react';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { type Hold, type Keeping, KeepingOutSchema } from '#domain/cad/keeping-api.ts';
import { clockTime, dateLine } from '../../app/clock/format.ts';
import { TextField } from '../../ui/fields.tsx';
import type { Answer } from '../api/problem.ts';
import { type Asked, cameTo, useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { DetailPart } from '../parts/detail-part.tsx';
import { Known } from '../parts/rows.tsx';
import { useNames } from './names.ts';

export function useKeeping(incident: string): Asked<Keeping> {
  return useAnswer(KeepingOutSchema, `${pathOf(incident)}/keeping`);
}

const pathOf = (incident: string): string => `/v1/incidents/${encodeURIComponent(incident)}`;

/** Does something to an incident; how it stands then is in sight before it is said to be done. */
function useAct(path: string): (deed: string, body: object) => Promise<Answer<Keeping>> {
  const center = useCenter();
  return async (deed, body) => {
    const answer = await center.ask({ path: `${path}/${deed}`, body, answer: KeepingOutSchema });
    if (answer.ok) cameTo(KeepingOutSchema, `${path}/keeping`, answer.value);
    return answer;
  };
}

const said = (at: number, zone: string): string => `${dateLine(at, zone)} ${clockTime(at, zone)}`;

/** Said where what was erased would stand. */
export function erasedSaid(at: number, zone: string): string {
  return `Erased on ${said(at, zone)}; each workstation erases it when it is reached. The audit says by whom and why.`;
}

/** Legal holds, and for an administrator what is done about them. */
export function IncidentKeeping({
  incident,
  number,
  site,
  zone,
  keeping,
}: {
  readonly incident: string;
  readonly number: string;
  readonly site: string;
  readonly zone: string;
  readonly keeping: Asked<Keeping>;
}): ReactNode {
  const may = useMay();
  const path = pathOf(incident);
  const act = useAct(path);
  const { value, problem } = keeping;
  const standing = value?.holds.filter(({ releasedAt }) => releasedAt === null) ?? [];
  return (
    <DetailPart title="Legal holds and erasing" problem={problem}>
      {value?.holds.map((hold) => (
        <OneHold key={hold.hold} hold={hold} path={path} site={site} zone={zone} />
      ))}
      {value && value.erasedAt === null ? (
        <>
          {standing.length === 0 ? <p className="muted">No legal hold stands on it.</p> : null}
          <Deliberate
            title="Place a legal hold"
            means="While it stands, this incident cannot be erased, and the keys of your organisation cannot be destroyed."
            danger={false}
            reasonNeeded
            refusedFor={may(CAD_ACTIONS['holds.place'], { site })}
            done={`A legal hold stands on ${number}`}
            act={(reason) => act('holds', { reason })}
          />
        </>
      ) : null}
      {value && value.erasedAt === null && standing.length === 0 ? (
        <Erasing path={path} number={number} refusedFor={may(CAD_ACTIONS['incidents.erase'], { site })} />
      ) : null}
    </DetailPart>
  );
}

function OneHold({
  hold,
  path,
  site,
  zone,
}: {
  readonly hold: Hold;
  readonly path: string;
  readonly site: string;
  readonly zone: string;
}): ReactNode {
  const may = useMay();
  const act = useAct(path);
  const people = useNames('person');
  const { reason, placedAt, placedBy, releasedAt, releasedBy } = hold;
  const by = (person: string | null): string => (person === null ? '' : ` by ${people.get(person) ?? person}`);
  return (
    <section aria-label={`Legal hold: ${reason}`} className="stack">
      <Known
        rows={[
          ['Legal hold', <b key="reason">{reason}</b>],
          ['Placed', `${said(placedAt, zone)}${by(placedBy)}`],
          ['State', releasedAt === null ? 'stands' : `released ${said(releasedAt, zone)}${by(releasedBy)}`],
        ]}
      />
      {releasedAt === null ? (
        <Deliberate
          title="Release this hold"
          means="Once no hold stands on it, the incident may be erased."
          reasonNeeded
          refusedFor={may(CAD_ACTIONS['holds.release'], { site })}
          done="The hold is released"
          act={(because) => act(`holds/${encodeURIComponent(hold.hold)}/release`, { reason: because })}
        />
      ) : null}
    </section>
  );
}

function Erasing({
  path,
  number,
  refusedFor,
}: {
  readonly path: string;
  readonly number: string;
  readonly refusedFor: string | null;
}): ReactNode {
  const act = useAct(path);
  const [typed, setTyped] = useState('');
  return (
    <Deliberate
      title="Erase this incident"
      means="Caller, callback, place, patient, notes and the report go for good, here, in every copy of the database without its keys, and at every workstation as soon as it is reached. Nature, priority, units and times stay for the figures. Calls that were merged into it are erased by themselves. Nobody can take this back."
      reasonNeeded
      refusedFor={refusedFor}
      done={`${number} is erased`}
      act={(reason) => act('erase', { number: typed.trim(), reason })}
    >
      <TextField
        name="number"
        label="Its number"
        value={typed}
        onChange={setTyped}
        placeholder={number}
        hint="Typed once more, so that it is this one."
      />
    </Deliberate>
  );
}
