/** What the hand-off wrote of a chart's run: its times, the chart shell, the trip, the report. Read only, each by its own right. */
import type { ReactNode } from 'react';
import { z } from 'zod';
import { ChartShellSchema, type Journey, RunRecordSchema, TripSchema } from '#domain/cad/handoff.ts';
import type { ChartOut } from '#domain/epcr/api.ts';
import { recordActions } from '#domain/modules.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime, dateLine } from '../../app/clock/format.ts';
import { useAnswer } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { DetailPart } from '../parts/detail-part.tsx';
import { IncidentReport } from '../parts/incident-report.tsx';
import { Known } from '../parts/rows.tsx';
import { runTimeRows, timesSaid } from '../parts/run-times.tsx';

const RUN = z.object({ body: RunRecordSchema });
const CHART = z.object({ body: ChartShellSchema });
const TRIP = z.object({ body: TripSchema });

export function HandOff({ chart }: { readonly chart: ChartOut }): ReactNode {
  return (
    <>
      <Run chart={chart} />
      <Shell chart={chart} />
      <Trip chart={chart} />
      <IncidentReport incident={chart.incident} number={chart.number} site={chart.site} />
    </>
  );
}

/** Why the one who looks may not read a kind of record of this chart's unit; null where they may. */
function useWhyNot(kind: string, { site, agency, author }: ChartOut): string | null {
  const may = useMay();
  const read = recordActions(kind)?.read;
  if (!read) return 'There is no such kind of record.';
  return may(read, { site, agency: agency?.id ?? null, owner: author?.person ?? null });
}

function Differs({ said }: { readonly said: readonly string[] }): ReactNode {
  if (said.length === 0) return null;
  return (
    <ul className="reasons">
      {said.map((text) => (
        <li key={text} className="text-amber">
          differs: {text}
        </li>
      ))}
    </ul>
  );
}

function Run({ chart }: { readonly chart: ChartOut }): ReactNode {
  const here = useZone();
  const zone = chart.timeZone ?? here;
  const whyNot = useWhyNot('run', chart);
  const { value, problem } = useAnswer(
    RUN,
    whyNot === null ? `/v1/entities/run/${encodeURIComponent(chart.run)}` : null,
  );
  const run = value?.body;
  const first = (run && timesSaid(run.times)[0]?.at) ?? null;
  return (
    <DetailPart title="Run record" whyNot={whyNot} problem={problem}>
      {run ? (
        <>
          <Known
            rows={[
              first === null ? null : ['Day', dateLine(first, zone)],
              ...runTimeRows(run.times, first, zone, run.amended),
              ...(run.journeys ?? []).map((journey, i) => [`Patient ${i + 1}`, journeySaid(journey, zone)] as const),
              ['Disposition', run.disposition ?? 'none yet'],
              ['State', run.state],
            ]}
          />
          {run.amended ? <p className="muted">* amended: from what and why is in the incident report.</p> : null}
          <Differs said={run.discrepancies} />
        </>
      ) : null}
    </DetailPart>
  );
}

/** `left 14:02:07 · arrived 14:20:31 · Mercy` */
function journeySaid({ leftScene, atDestination, destination }: Journey, zone: string): string {
  return [
    leftScene === null ? '' : `left ${clockTime(leftScene, zone)}`,
    atDestination === null ? '' : `arrived ${clockTime(atDestination, zone)}`,
    destination ?? '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function Shell({ chart }: { readonly chart: ChartOut }): ReactNode {
  const whyNot = useWhyNot('chart', chart);
  const { value, problem } = useAnswer(
    CHART,
    whyNot === null ? `/v1/entities/chart/${encodeURIComponent(chart.chart)}` : null,
  );
  const shell = value?.body;
  return (
    <DetailPart title="Patient chart" whyNot={whyNot} problem={problem}>
      {shell ? (
        <>
          <Known
            rows={[
              ['Patient', `${shell.patient} of this run`],
              ['State', shell.state],
            ]}
          />
          <p className="muted">
            That you read it is noted in the audit. Nothing clinical is in it yet: the hand-off leaves a chart empty.
          </p>
          <Differs said={shell.discrepancies} />
        </>
      ) : null}
    </DetailPart>
  );
}

function Trip({ chart }: { readonly chart: ChartOut }): ReactNode {
  const here = useZone();
  const zone = chart.timeZone ?? here;
  const whyNot = useWhyNot('trip', chart);
  const { value, problem } = useAnswer(
    TRIP,
    whyNot === null ? `/v1/entities/trip/${encodeURIComponent(chart.trip)}` : null,
  );
  const trip = value?.body;
  return (
    <DetailPart title="Billable trip" whyNot={whyNot} problem={problem?.status === 404 ? null : problem}>
      {trip ? (
        <>
          <Known
            rows={[
              ['From zone', trip.from || 'not known'],
              ['To', trip.destination ?? 'not recorded'],
              trip.atDestination === null ? null : ['Arrived', clockTime(trip.atDestination, zone)],
              ['State', trip.state],
            ]}
          />
          <Differs said={trip.discrepancies ?? []} />
        </>
      ) : problem ? (
        <p className="muted">There is none.</p>
      ) : null}
    </DetailPart>
  );
}
