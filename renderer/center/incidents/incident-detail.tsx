import type { ReactNode } from 'react';
import type { z } from 'zod';
import { clockTime, dateLine } from '../../app/clock/format.ts';
import { useAnswer } from '../api/use-center.ts';
import { DetailPart } from '../parts/detail-part.tsx';
import { IncidentReport } from '../parts/incident-report.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { Known } from '../parts/rows.tsx';
import { runTimeRows } from '../parts/run-times.tsx';
import { erasedSaid, IncidentKeeping, useKeeping } from './keeping.tsx';
import { useNames } from './names.ts';
import {
  type Incident,
  IncidentsSchema,
  incidentSaid,
  OpenedSchema,
  RunsSchema,
  stateSaid,
  timesOfRun,
} from './rows.ts';
import type { Sites } from './sites.ts';

/** What the list knows of an incident; nothing is opened for it, and nothing noted. */
export function IncidentGlance({ incident, sites }: { readonly incident: Incident; readonly sites: Sites }): ReactNode {
  return (
    <div className="detail">
      <IncidentKnown incident={incident} sites={sites} />
      <p className="muted">Enter opens it. That you read it is noted in the audit.</p>
    </div>
  );
}

/** One incident with what is sealed in it, asked for by itself: the reading is noted. */
export function IncidentOpened({ id, sites }: { readonly id: string; readonly sites: Sites }): ReactNode {
  const { value, problem } = useAnswer(OpenedSchema, `/v1/entities/incident/${encodeURIComponent(id)}`);
  const duplicates = useDuplicates(id);
  const keeping = useKeeping(id);
  const zone = value ? sites.zoneOf(value.site) : '';
  const erasedAt = keeping.value?.erasedAt ?? null;
  return (
    <Panel title={value ? incidentSaid(value) : 'Incident'}>
      {problem ? <Refused problem={problem} /> : null}
      {value ? (
        <div className="detail">
          <IncidentKnown incident={value} sites={sites} duplicates={duplicates} />
          {erasedAt === null ? (
            <Sealed sealed={value.sealed} />
          ) : (
            <DetailPart title="Place and people">
              <p>{erasedSaid(erasedAt, zone)}</p>
            </DetailPart>
          )}
          <Runs incident={value} zone={zone} reported={erasedAt === null} />
          <Notes notes={value.sealed.notes ?? []} zone={zone} />
          {erasedAt === null ? (
            <IncidentReport incident={value.id} number={value.fields.number ?? value.id} site={value.site} />
          ) : null}
          <IncidentKeeping
            incident={value.id}
            number={value.fields.number ?? value.id}
            site={value.site}
            zone={zone}
            keeping={keeping}
          />
        </div>
      ) : problem === null ? (
        <Nothing>One moment…</Nothing>
      ) : null}
    </Panel>
  );
}

function IncidentKnown({
  incident,
  sites,
  duplicates = [],
}: {
  readonly incident: Incident;
  readonly sites: Sites;
  /** The numbers of the calls that were merged into it, where they were asked for. */
  readonly duplicates?: readonly string[];
}): ReactNode {
  const { fields, site } = incident;
  const zone = sites.zoneOf(site);
  const moment = (at: number | null): ReactNode =>
    at === null ? 'not recorded' : <span className="mono">{`${dateLine(at, zone)} ${clockTime(at, zone)}`}</span>;
  return (
    <Known
      rows={[
        [
          'Incident',
          <b key="number" className="mono">
            {fields.number ?? 'no number'}
          </b>,
        ],
        ['PSAP', sites.nameOf(site)],
        ['Nature', [fields.natureText, fields.natureCode].filter(Boolean).join(' · ') || 'not recorded'],
        ['Priority', fields.priority ?? 'not recorded'],
        fields.alarm === null || fields.alarm < 2 ? null : ['Alarm level', String(fields.alarm)],
        ['Answered', moment(fields.answeredAt)],
        fields.closedAt === null ? null : ['Closed', moment(fields.closedAt)],
        ['State', <Ended key="state" fields={fields} />],
        fields.zone === null ? null : ['Zone', fields.zone],
        duplicates.length === 0 ? null : ['Merged into it', duplicates.join(', ')],
      ]}
    />
  );
}

/** The numbers of the calls that were merged into it. */
function useDuplicates(id: string): readonly string[] {
  const query = new URLSearchParams({ 'filter[mergedInto]': `incident:${id}`, limit: '50' });
  const { value } = useAnswer(IncidentsSchema, `/v1/entities/incident?${query.toString()}`);
  return (value?.items ?? []).map(({ id: duplicate, fields: { number } }) => number ?? duplicate);
}

/** How it stands; of one that was merged, into which. */
function Ended({ fields }: { readonly fields: Incident['fields'] }): ReactNode {
  const into = fields.mergedInto?.replace(/^incident:/, '') ?? null;
  const { value } = useAnswer(
    IncidentsSchema,
    into === null ? null : `/v1/entities/incident?filter[id]=${encodeURIComponent(into)}`,
  );
  const number = value?.items[0]?.fields.number;
  return number ? `merged into ${number}` : stateSaid(fields);
}

function Sealed({ sealed }: { readonly sealed: z.infer<typeof OpenedSchema>['sealed'] }): ReactNode {
  const { location, callback, caller, patient } = sealed;
  const place = location ? [location.text, location.detail, location.city].filter(Boolean).join(', ') : null;
  const rows = [
    ['Location', place],
    ['Callback', callback],
    ['Caller', caller],
    ['Patient', patient],
  ] as const;
  const known = rows.flatMap(([label, text]) => (text === null ? [] : [[label, text] as const]));
  return (
    <DetailPart title="Place and people">
      {known.length > 0 ? <Known rows={known} /> : <p className="muted">Nothing was recorded that can be read here.</p>}
    </DetailPart>
  );
}

function Runs({
  incident,
  zone,
  reported,
}: {
  readonly incident: Incident;
  readonly zone: string;
  /** The report can still be read. */
  readonly reported: boolean;
}): ReactNode {
  const callsigns = useNames('roster_unit', { 'filter[site]': incident.site });
  const path = `/v1/entities/assignment?filter[incident]=${encodeURIComponent(incident.id)}&limit=500`;
  const { value, problem } = useAnswer(RunsSchema, path);
  const runs = value?.items.toSorted((a, b) => (timesOfRun(a).unitNotified ?? 0) - (timesOfRun(b).unitNotified ?? 0));
  return (
    <DetailPart title="Units and their times" problem={problem}>
      {runs?.length === 0 ? <p className="muted">No unit was sent.</p> : null}
      {runs?.map((run) => {
        const callsign = callsigns.get(run.fields.unit) ?? 'a unit of another PSAP';
        return (
          <section key={run.id} aria-label={`Run of ${callsign}`}>
            <h4 className="mono">{callsign}</h4>
            <Known
              rows={[
                ...runTimeRows(timesOfRun(run), incident.fields.answeredAt, zone),
                run.fields.destination === null ? null : ['To', run.fields.destination],
              ]}
            />
          </section>
        );
      })}
      {reported && runs && runs.length > 0 ? (
        <p className="muted">Which times were amended, from what and why, is in the report.</p>
      ) : null}
    </DetailPart>
  );
}

function Notes({
  notes,
  zone,
}: {
  readonly notes: NonNullable<z.infer<typeof OpenedSchema>['sealed']['notes']>;
  readonly zone: string;
}): ReactNode {
  const people = useNames('person');
  if (notes.length === 0) return null;
  return (
    <DetailPart title="Notes">
      {notes.map(({ text, at, by, fact }) => (
        <p key={fact}>
          <span className="mono muted">{clockTime(at, zone)}</span> {String(text)}{' '}
          <span className="muted">{by === null ? '' : (people.get(by) ?? '')}</span>
        </p>
      ))}
    </DetailPart>
  );
}
