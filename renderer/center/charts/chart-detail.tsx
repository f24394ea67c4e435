import type { ReactNode } from 'react';
import { type ChartOut, ChartsOutSchema } from '#domain/epcr/api.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime, dayLine } from '../../app/clock/format.ts';
import { useAnswer } from '../api/use-center.ts';
import { useMe } from '../frame/me.ts';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { Known, State } from '../parts/rows.tsx';
import { Author } from './author.tsx';
import { HandOff } from './hand-off.tsx';
import { authorSaid, chartSaid } from './rows.ts';

/** What the list knows of a chart; nothing is read for it, and nothing noted. */
export function ChartGlance({ chart }: { readonly chart: ChartOut }): ReactNode {
  return (
    <div className="detail">
      <ChartKnown chart={chart} />
      <p className="muted">Enter opens it. That you read it is noted in the audit.</p>
    </div>
  );
}

/** One chart, asked for by itself: it stays in sight when claiming it takes it out of the list. `known`: as the list has it. */
export function ChartOpened({ id, known }: { readonly id: string; readonly known: ChartOut | undefined }): ReactNode {
  const { value, problem } = useAnswer(ChartsOutSchema, `/v1/charts?chart=${encodeURIComponent(id)}`);
  const chart = value ? value.charts[0] : known;
  return (
    <Panel title={chart ? `Chart of ${chartSaid(chart)}` : 'Chart'}>
      {problem ? <Refused problem={problem} /> : null}
      {chart ? (
        <div className="detail">
          <ChartKnown chart={chart} />
          <Author key={`${chart.version}`} chart={chart} />
          <HandOff chart={chart} />
        </div>
      ) : value ? (
        <Nothing>
          This chart is not within your reach: another of the crew has it, or it is another site’s or agency’s. Ask
          whoever leads the crew to give it to you. Esc goes back to the list.
        </Nothing>
      ) : null}
    </Panel>
  );
}

function ChartKnown({ chart }: { readonly chart: ChartOut }): ReactNode {
  const me = useMe();
  const here = useZone();
  const zone = chart.timeZone ?? here;
  const { leftScene } = chart;
  return (
    <Known
      rows={[
        [
          'Incident',
          <b key="number" className="mono">
            {chart.number}
          </b>,
        ],
        [
          'Unit',
          <span key="unit">
            <span className="mono">{chart.callsign}</span>
            {chart.agency ? ` of ${chart.agency.name}` : ''}
          </span>,
        ],
        chart.patients > 1 ? ['Patient', `${chart.patient} of ${chart.patients}`] : null,
        ['PSAP', chart.psap],
        [
          'Transported',
          leftScene === null ? 'no time was recorded' : `${dayLine(leftScene, zone)} ${clockTime(leftScene, zone)}`,
        ],
        ['To', chart.destination ?? 'not recorded'],
        ['State', chart.state],
        [
          'Whose',
          <State
            key="whose"
            tone={chart.author === null ? 'amber' : chart.author.person === me.user ? 'good' : 'muted'}
          >
            {authorSaid(chart, me.user)}
          </State>,
        ],
      ]}
    />
  );
}
