import { type ReactNode, useMemo, useState } from 'react';
import type { AuditEntry } from '#domain/identity/api/audit.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime, dayLine } from '../../app/clock/format.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Cap } from '../../ui/key.tsx';
import { useDevices } from '../devices/devices-known.ts';
import { go } from '../frame/route.ts';
import { ListDetail, useInHand } from '../parts/list-detail.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused, unanswered } from '../parts/refused.tsx';
import { useSearchOverList } from '../parts/search-over-list.ts';
import { usePeople } from '../people/people-known.ts';
import { EntryDetail } from './entry-detail.tsx';
import { Export } from './export.tsx';
import { Retention } from './retention.tsx';
import { actorSaid, entrySaid, type Names } from './said.ts';
import { SearchForm } from './search-form.tsx';
import { ALL, type AuditTyped } from './search-query.ts';
import { useAudit } from './use-audit.ts';
import { Verify } from './verify.tsx';

function useNames(): Names {
  const people = usePeople().value;
  const devices = useDevices();
  return useMemo(
    () =>
      new Map([
        ...(people ?? []).map(({ person, name }) => [person, name] as const),
        ...(devices ?? []).map(({ id, of }) => [id, of.name] as const),
      ]),
    [people, devices],
  );
}

/** The audit: who did and saw what, searched, shown before and after, taken out, and held against its seals. */
export function Audit(): ReactNode {
  const { open, selected, beside, select, enter } = useInHand('audit');
  const zone = useZone();
  const names = useNames();
  const [search, setSearch] = useState<AuditTyped>(ALL);
  const { entries, problem, more } = useAudit(search);
  const { form, list } = useSearchOverList();
  const columns = useMemo(
    (): readonly Column<AuditEntry>[] => [
      {
        key: 'time',
        title: 'When',
        track: '10.5rem',
        cell: ({ at }) => (
          <>
            <span className="muted">{dayLine(at, zone)}</span> {clockTime(at, zone)}
          </>
        ),
      },
      { key: 'who', title: 'Who', track: 'minmax(7rem, 1.5fr)', cell: ({ actor }) => <b>{actorSaid(actor, names)}</b> },
      {
        key: 'what',
        title: 'What',
        track: 'minmax(8rem, 3fr)',
        cell: (entry) => (
          <>
            {entrySaid(entry)} <span className="muted">{entry.table.split('.')[0]}</span>
          </>
        ),
      },
      { key: 'number', title: 'Row', track: 'minmax(5rem, 1.5fr)', cell: ({ row }) => row ?? '', from: 52 },
      { key: 'reason', title: 'Reason', track: 'minmax(6rem, 1fr)', cell: ({ reason }) => reason ?? '', from: 44 },
    ],
    [zone, names],
  );
  const entry = entries?.find(({ id }) => String(id) === beside);
  return (
    <ListDetail
      open={open}
      onLeave={() => go('audit')}
      list={
        <Panel
          title="Audit"
          count={more ? `${entries?.length ?? 0}+` : entries?.length}
          hint={
            <>
              <Cap>/</Cap> search · <Cap>Enter</Cap> before and after
            </>
          }
        >
          <div ref={form}>
            <SearchForm key={JSON.stringify(search)} search={search} onSearch={setSearch} />
          </div>
          {problem ? <Refused problem={problem} /> : null}
          <div ref={list} className="list-grow">
            <Grid
              label="Audit"
              rows={entries ?? []}
              columns={columns}
              idOf={({ id }) => String(id)}
              nameOf={(one) => `${actorSaid(one.actor, names)} ${entrySaid(one)}`}
              freshness={({ id }) => String(id)}
              selected={selected}
              onSelect={select}
              onEnter={({ id }) => enter(String(id))}
              empty={entries === null ? unanswered(problem) : 'No entry is like this; / changes the search.'}
            />
          </div>
          {more ? (
            <p className="bar-foot">
              <button type="button" className="choice" onClick={more}>
                Older entries
              </button>
            </p>
          ) : null}
        </Panel>
      }
      detail={
        <div className="stack">
          <Panel title={entry ? `Entry ${entry.id}` : 'Entry'}>
            {entry ? (
              <EntryDetail entry={entry} names={names} onSearch={(narrower) => setSearch({ ...ALL, ...narrower })} />
            ) : (
              <Nothing>Choose an entry to see it before and after.</Nothing>
            )}
          </Panel>
          <Panel title="Proof" className="panel-fit">
            <div className="detail">
              <Verify />
              <Export search={search} />
              <Retention />
            </div>
          </Panel>
        </div>
      }
    />
  );
}
