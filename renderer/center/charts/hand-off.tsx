/** What the hand-off wrote of a chart's run: its times, the chart shell, the trip, the report. Read only, each by its own right. */
import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { ChartShellSchema, RunRecordSchema, TripSchema } from '#domain/cad/handoff.ts';
import type { ChartOut } from '#domain/epcr/api.ts';
import { recordActions } from '#domain/modules.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime, dayLine } from '../../app/clock/format.ts';
import type { Problem } from '../api/problem.ts';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Refused } from '../parts/refused.tsx';
import { Known } from '../parts/rows.tsx';
import { saveFile } from '../parts/save-file.ts';
import { timesSaid } from './rows.ts';

const RUN = z.object({ body: RunRecordSchema });
const CHART = z.object({ body: ChartShellSchema });
const TRIP = z.object({ body: TripSchema });

export function HandOff({ chart }: { readonly chart: ChartOut }): ReactNode {
  return (
    <>
      <Run chart={chart} />
      <Shell chart={chart} />
      <Trip chart={chart} />
      <Report chart={chart} />
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

function Part({
  title,
  whyNot,
  problem = null,
  children,
}: {
  readonly title: string;
  readonly whyNot: string | null;
  readonly problem?: Problem | null;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section aria-label={title} className="detail-part">
      <h3>{title}</h3>
      {whyNot !== null ? <p className="muted">{whyNot}</p> : problem ? <Refused problem={problem} /> : children}
    </section>
  );
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
  const times = run ? timesSaid(run.times) : [];
  const first = times[0]?.[1];
  return (
    <Part title="Run record" whyNot={whyNot} problem={problem}>
      {run ? (
        <>
          <Known
            rows={[
              first === undefined ? null : ['Day', dayLine(first, zone)],
              ...times.map(([name, at]): readonly [string, ReactNode] => [
                name,
                <span key={name} className="mono">
                  {first !== undefined && dayLine(at, zone) !== dayLine(first, zone) ? `${dayLine(at, zone)} ` : ''}
                  {clockTime(at, zone)}
                </span>,
              ]),
              ['Disposition', run.disposition ?? 'none yet'],
              ['State', run.state],
            ]}
          />
          <Differs said={run.discrepancies} />
        </>
      ) : null}
    </Part>
  );
}

function Shell({ chart }: { readonly chart: ChartOut }): ReactNode {
  const whyNot = useWhyNot('chart', chart);
  const { value, problem } = useAnswer(
    CHART,
    whyNot === null ? `/v1/entities/chart/${encodeURIComponent(chart.chart)}` : null,
  );
  const shell = value?.body;
  return (
    <Part title="Patient chart" whyNot={whyNot} problem={problem}>
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
    </Part>
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
    <Part title="Billable trip" whyNot={whyNot} problem={problem?.status === 404 ? null : problem}>
      {trip ? (
        <Known
          rows={[
            ['From zone', trip.from || 'not known'],
            ['To', trip.destination ?? 'not recorded'],
            trip.atDestination === null ? null : ['Arrived', clockTime(trip.atDestination, zone)],
            ['State', trip.state],
          ]}
        />
      ) : problem ? (
        <p className="muted">There is none.</p>
      ) : null}
    </Part>
  );
}

/** The incident has a report once every unit is free again; until then the center says that there is none. */
function Report({ chart }: { readonly chart: ChartOut }): ReactNode {
  const center = useCenter();
  const whyNot = useWhyNot('report', chart);
  const [problem, setProblem] = useState<Problem | null>(null);
  const get = async (): Promise<void> => {
    setProblem(null);
    const answer = await center.download({ path: `/v1/documents/${encodeURIComponent(chart.report)}` });
    if (answer.ok) saveFile(answer.value, `Incident-report-${chart.number}.pdf`);
    else setProblem(answer.problem);
  };
  return (
    <Part title="Incident report" whyNot={whyNot}>
      <p>
        <button type="button" className="choice" onClick={() => void get()}>
          Take out the report (PDF)
        </button>
      </p>
      {problem ? (
        problem.code === 'document.unknown' ? (
          <p role="alert" className="error-line">
            There is no report yet: it is drawn when every unit of the incident is free again.
          </p>
        ) : (
          <Refused problem={problem} />
        )
      ) : (
        <p className="muted">Names the patient; that you read it is noted in the audit.</p>
      )}
    </Part>
  );
}
