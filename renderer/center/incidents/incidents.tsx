import { type ReactNode, useMemo, useState } from 'react';
import { now } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Cap } from '../../ui/key.tsx';
import { go } from '../frame/route.ts';
import { focusFirst } from '../parts/focus.ts';
import { ListDetail, useInHand } from '../parts/list-detail.tsx';
import { PageTurner } from '../parts/page-turner.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused, unanswered } from '../parts/refused.tsx';
import { useSearchOverList } from '../parts/search-over-list.ts';
import { FindForm, type Wanted } from './find-form.tsx';
import { IncidentGlance, IncidentOpened } from './incident-detail.tsx';
import { endSaid, type Incident, incidentSaid } from './rows.ts';
import { useSites } from './sites.ts';
import { useIncidents } from './use-incidents.ts';

/** Incidents of every age: found by number or callback, read with what is sealed in them, their report taken out. */
export function Incidents(): ReactNode {
  const { open, selected, beside, select, enter } = useInHand('incidents');
  const sites = useSites();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  /** Where the pages before this one began. */
  const [pages, setPages] = useState<readonly string[]>([]);
  const { incidents, problem, next } = useIncidents(wanted, pages.at(-1));
  const { form, list } = useSearchOverList();
  const show = (found: Wanted | null): void => {
    setWanted(found);
    setPages([]);
    focusFirst(list.current);
  };
  const columns = useMemo(
    (): readonly Column<Incident>[] => [
      {
        key: 'number',
        title: 'Incident',
        track: 'minmax(7rem, 1fr)',
        cell: ({ fields }) => <b className="mono">{fields.number ?? 'no number'}</b>,
      },
      { key: 'priority', title: 'P', track: '2rem', cell: ({ fields }) => fields.priority ?? '' },
      {
        key: 'nature',
        title: 'Nature',
        track: 'minmax(8rem, 2fr)',
        cell: ({ fields }) => fields.natureText ?? 'not recorded',
      },
      {
        key: 'time',
        title: 'Answered',
        track: '8.5rem',
        cell: ({ fields: { answeredAt }, site }) =>
          answeredAt === null ? 'not recorded' : when(answeredAt, now(), sites.zoneOf(site)),
      },
      {
        key: 'state',
        title: 'Disposition',
        track: 'minmax(6rem, 1.5fr)',
        cell: ({ fields }) => endSaid(fields),
        from: 34,
      },
      { key: 'zone', title: 'Zone', track: '5rem', cell: ({ fields }) => fields.zone ?? '', from: 46 },
      ...(sites.several
        ? [
            {
              key: 'site',
              title: 'PSAP',
              track: 'minmax(6rem, 1.5fr)',
              cell: ({ site }: Incident) => sites.nameOf(site),
              from: 52,
            },
          ]
        : []),
    ],
    [sites],
  );
  const glanced = incidents?.find(({ id }) => id === beside);
  return (
    <ListDetail
      open={open}
      onLeave={() => go('incidents')}
      list={
        <Panel
          title="Incidents"
          count={incidents === null ? undefined : `${incidents.length}${next === null ? '' : '+'}`}
          hint={
            <>
              <Cap>/</Cap> find · <Cap>Enter</Cap> open
            </>
          }
        >
          <div ref={form}>
            <FindForm
              key={JSON.stringify(wanted)}
              found={wanted}
              onFind={(found) => show(found)}
              onNewest={() => show(null)}
            />
          </div>
          {problem ? <Refused problem={problem} /> : null}
          <div ref={list} className="list-grow">
            <Grid
              label="Incidents"
              rows={incidents ?? []}
              columns={columns}
              idOf={({ id }) => id}
              nameOf={incidentSaid}
              freshness={({ updatedAt }) => String(updatedAt)}
              selected={selected}
              onSelect={select}
              onEnter={({ id }) => enter(id)}
              quiet={({ fields }) => fields.life === 'closed'}
              empty={
                incidents === null
                  ? unanswered(problem)
                  : wanted
                    ? `No incident has this ${wanted.by === 'number' ? 'number' : 'callback number'}; / changes what is looked for.`
                    : 'No call was taken yet.'
              }
            />
          </div>
          <PageTurner what="incidents" pages={pages} next={next} onTurn={setPages} />
        </Panel>
      }
      detail={
        open !== null ? (
          <IncidentOpened key={open} id={open} sites={sites} />
        ) : (
          <Panel title={glanced ? incidentSaid(glanced) : 'Incident'}>
            {glanced ? (
              <IncidentGlance incident={glanced} sites={sites} />
            ) : (
              <Nothing>Choose an incident; Enter opens it, with its caller, place, units and report.</Nothing>
            )}
          </Panel>
        )
      }
    />
  );
}
