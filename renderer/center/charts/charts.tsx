import { type ReactNode, useMemo, useState } from 'react';
import { type ChartOut, ChartsOutSchema } from '#domain/epcr/api.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Cap } from '../../ui/key.tsx';
import { useAnswer } from '../api/use-center.ts';
import { useMe } from '../frame/me.ts';
import { go } from '../frame/route.ts';
import { Filtered, useFilter } from '../parts/filtered.tsx';
import { ListDetail, useInHand } from '../parts/list-detail.tsx';
import { PageTurner } from '../parts/page-turner.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused, unanswered } from '../parts/refused.tsx';
import { State } from '../parts/rows.tsx';
import { ChartGlance, ChartOpened } from './chart-detail.tsx';
import { authorSaid, chartSaid, viewsFor, type Whose } from './rows.ts';

const WORDS: { readonly [W in Whose]: string } = { unclaimed: 'nobody’s yet', mine: 'mine', all: 'all' };
const EMPTY: { readonly [W in Whose]: string } = {
  unclaimed: 'No chart waits for somebody to claim it.',
  mine: 'No chart is yours: claim one that is nobody’s yet, or ask whoever leads the crew to give you one.',
  all: 'No patient was transported yet; a chart comes with the end of the run.',
};
const LOOK_AGAIN_MS = 30_000;

/** Charts of the runs that transported a patient: whose each is, and claiming, giving and releasing it. */
export function Charts(): ReactNode {
  const { open, selected, beside, select, enter } = useInHand('charts');
  const me = useMe();
  const zone = useZone();
  const views = viewsFor(me.roles);
  const [whose, setWhose] = useState<Whose>(views[0] ?? 'all');
  /** Where the pages before this one began. */
  const [pages, setPages] = useState<readonly string[]>([]);
  const after = pages.at(-1);
  const query = new URLSearchParams({ whose, ...(after === undefined ? {} : { after }) });
  const { value, problem } = useAnswer(ChartsOutSchema, `/v1/charts?${query.toString()}`, { every: LOOK_AGAIN_MS });
  const charts = value?.charts ?? [];
  const counted = charts.some(({ patients }) => patients > 1);
  const several = new Set(charts.map(({ site }) => site)).size > 1;
  const columns = useMemo(
    (): readonly Column<ChartOut>[] => [
      {
        key: 'number',
        title: 'Incident',
        track: 'minmax(7rem, 1fr)',
        cell: ({ number }) => <b className="mono">{number}</b>,
      },
      { key: 'unit', title: 'Unit', track: '5rem', cell: ({ callsign }) => <span className="mono">{callsign}</span> },
      ...(counted
        ? [
            {
              key: 'patient',
              title: 'Patient',
              track: '5rem',
              cell: ({ patient, patients }: ChartOut) => (patients > 1 ? `${patient} of ${patients}` : ''),
            },
          ]
        : []),
      {
        key: 'whose',
        title: 'Whose',
        track: 'minmax(8rem, 1.5fr)',
        cell: (chart) => (
          <State tone={chart.author === null ? 'amber' : chart.author.person === me.user ? 'good' : 'muted'}>
            {authorSaid(chart, me.user)}
          </State>
        ),
      },
      {
        key: 'time',
        title: 'Transported',
        track: '8.5rem',
        cell: ({ leftScene, timeZone }) =>
          leftScene === null ? 'not recorded' : when(leftScene, now(), timeZone ?? zone),
      },
      {
        key: 'destination',
        title: 'To',
        track: 'minmax(6rem, 1.5fr)',
        cell: ({ destination }) => destination ?? '',
        from: 40,
      },
      { key: 'state', title: 'State', track: '5rem', cell: ({ state }) => state, from: 34 },
      {
        key: 'agency',
        title: 'Agency',
        track: 'minmax(6rem, 1.5fr)',
        cell: ({ agency }) => agency?.name ?? '',
        from: 50,
      },
      ...(several
        ? [{ key: 'site', title: 'PSAP', track: 'minmax(6rem, 1.5fr)', cell: ({ psap }: ChartOut) => psap, from: 60 }]
        : []),
    ],
    [me.user, zone, several, counted],
  );
  const filter = useFilter(charts, (chart) => [
    chartSaid(chart),
    chart.agency?.name ?? null,
    chart.destination,
    chart.psap,
    chart.state,
    authorSaid(chart, me.user),
  ]);
  const glanced = charts.find(({ chart }) => chart === beside);
  return (
    <ListDetail
      open={open}
      onLeave={() => go('charts')}
      list={
        <Panel
          title="Charts"
          count={value === undefined ? undefined : filter.count}
          hint={
            <>
              <Cap>/</Cap> filter · <Cap>Enter</Cap> open, claim, give
            </>
          }
        >
          <div role="group" aria-label="Whose charts" className="bar bar-choices">
            {views.map((one) => (
              <button
                type="button"
                key={one}
                className="choice"
                aria-pressed={one === whose}
                onClick={() => {
                  setWhose(one);
                  setPages([]);
                }}
              >
                {WORDS[one]}
              </button>
            ))}
          </div>
          {problem ? <Refused problem={problem} /> : null}
          <Filtered label="Filter charts" placeholder="incident, unit, agency, destination or whose" filter={filter}>
            <Grid
              label="Charts"
              rows={filter.shown}
              columns={columns}
              idOf={({ chart }) => chart}
              nameOf={chartSaid}
              freshness={({ version }) => String(version)}
              selected={selected}
              onSelect={select}
              onEnter={({ chart }) => enter(chart)}
              quiet={({ state }) => state === 'signed'}
              empty={
                value === undefined
                  ? unanswered(problem)
                  : filter.typed
                    ? 'Nothing on this page matches the filter.'
                    : EMPTY[whose]
              }
            />
          </Filtered>
          <PageTurner what="charts" pages={pages} next={value?.next ?? null} onTurn={setPages} />
        </Panel>
      }
      detail={
        open !== null ? (
          <ChartOpened key={open} id={open} known={glanced} />
        ) : (
          <Panel title={glanced ? `Chart of ${chartSaid(glanced)}` : 'Chart'}>
            {glanced ? (
              <ChartGlance chart={glanced} />
            ) : (
              <Nothing>Choose a chart; Enter opens it, to claim it, give it or read it.</Nothing>
            )}
          </Panel>
        )
      }
    />
  );
}
