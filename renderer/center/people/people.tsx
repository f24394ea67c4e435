import { type ReactNode, useMemo } from 'react';
import { z } from 'zod';
import { SitesOutSchema } from '#domain/cad/api.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { type InvitationOut, InvitationsOutSchema } from '#domain/identity/api/people.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useAction } from '../../app/keys/actions.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Cap } from '../../ui/key.tsx';
import { LOOK_AGAIN, useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { go } from '../frame/route.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Filtered, useFilter } from '../parts/filtered.tsx';
import { ListDetail, useInHand } from '../parts/list-detail.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused, unanswered } from '../parts/refused.tsx';
import { Known, State, type Tone } from '../parts/rows.tsx';
import { Invite } from './invite.tsx';
import { usePeople } from './people-known.ts';
import { PersonDetail } from './person-detail.tsx';
import { type PeopleRow, type PeopleState, peopleRows, rolesSaid, stateOf } from './rows.ts';

const TONES: { readonly [S in PeopleState]: Tone } = {
  active: 'good',
  paused: 'amber',
  invited: 'amber',
  lapsed: 'bad',
  inactive: 'muted',
};
const WORDS: { readonly [S in PeopleState]: string } = {
  active: 'active',
  paused: 'sign-in paused',
  invited: 'invited',
  lapsed: 'invitation ran out',
  inactive: 'withdrawn',
};

/** Everyone of the organisation, and whoever is invited. */
export function People(): ReactNode {
  const { open, selected, beside, select, enter } = useInHand('people');
  const zone = useZone();
  const people = usePeople(LOOK_AGAIN);
  const invitations = useAnswer(InvitationsOutSchema, '/v1/invitations');
  const sites = useAnswer(SitesOutSchema, '/v1/sites').value?.sites ?? [];
  useAction('new', () => {
    go('people', 'new');
    return true;
  });
  const problem = people.problem ?? invitations.problem;
  // Those who are invited stand first: they come with the others, not over them when somebody is in the list already.
  const answered = people.value !== undefined && (invitations.value ?? problem) !== null;
  const rows = useMemo(
    () => (answered ? peopleRows(people.value ?? [], invitations.value?.invitations ?? [], now()) : []),
    [answered, people.value, invitations.value],
  );
  const siteName = (id: string | null): string =>
    id === null ? 'every PSAP' : (sites.find(({ site }) => site === id)?.name ?? id);
  const columns = useMemo((): readonly Column<PeopleRow>[] => {
    const seen = (row: PeopleRow): string => {
      if (row.kind === 'invitation') return `until ${when(row.of.expiresAt, now(), zone)}`;
      return row.of.lastSeenAt === null ? 'never' : when(row.of.lastSeenAt, now(), zone);
    };
    return [
      { key: 'name', title: 'Name', track: 'minmax(8rem, 2fr)', cell: (row) => <b>{row.of.name}</b> },
      { key: 'number', title: 'User name', track: 'minmax(7rem, 1.5fr)', cell: (row) => row.of.login, from: 44 },
      { key: 'roles', title: 'Roles', track: 'minmax(8rem, 3fr)', cell: (row) => rolesSaid(row.of.roles) },
      {
        key: 'site',
        title: 'Works at',
        track: 'minmax(6rem, 2fr)',
        cell: (row) =>
          row.of.site === null ? 'every PSAP' : (sites.find(({ site }) => site === row.of.site)?.name ?? row.of.site),
        from: 54,
      },
      {
        key: 'state',
        title: 'State',
        track: '10.5rem',
        cell: (row) => {
          const state = stateOf(row, now());
          return <State tone={TONES[state]}>{WORDS[state]}</State>;
        },
      },
      { key: 'time', title: 'Last seen', track: '9.5rem', cell: seen, from: 50 },
    ];
  }, [sites, zone]);
  const filter = useFilter(rows, (one) => [
    one.of.name,
    one.of.login,
    rolesSaid(one.of.roles),
    siteName(one.of.site),
    WORDS[stateOf(one, now())],
  ]);
  const row = rows.find(({ id }) => id === (open === 'new' ? null : beside));
  return (
    <ListDetail
      open={open}
      onLeave={() => go('people')}
      list={
        <Panel
          title="People"
          count={filter.count}
          hint={
            <>
              <Cap>/</Cap> filter · <Cap>Enter</Cap> open · <Cap>N</Cap> invite
            </>
          }
        >
          {problem ? <Refused problem={problem} /> : null}
          <Filtered label="Filter people" placeholder="name, user name, role, PSAP or state" filter={filter}>
            <Grid
              label="People"
              rows={filter.shown}
              columns={columns}
              idOf={({ id }) => id}
              nameOf={({ of }) => of.name}
              freshness={(one) => `${stateOf(one, now())} ${one.of.roles.join()} ${one.of.name}`}
              selected={selected}
              onSelect={select}
              onEnter={({ id }) => enter(id)}
              quiet={(one) => stateOf(one, now()) === 'inactive'}
              empty={answered ? 'Nobody here matches the filter.' : unanswered(problem)}
            />
          </Filtered>
        </Panel>
      }
      detail={
        open === 'new' ? (
          <Panel title="Invite a person">
            <div className="detail">
              <Invite sites={sites} site={sites.length === 1 ? (sites[0]?.site ?? null) : null} />
            </div>
          </Panel>
        ) : (
          <Panel title={row?.of.name ?? 'Person'}>
            {row === undefined ? (
              <Nothing>Choose a person, or press N to invite one.</Nothing>
            ) : row.kind === 'person' ? (
              <PersonDetail key={row.id} of={row.of} site={siteName(row.of.site)} />
            ) : (
              <InvitationDetail key={row.id} of={row.of} site={siteName(row.of.site)} />
            )}
          </Panel>
        )
      }
    />
  );
}

const NothingSchema = z.looseObject({});

function InvitationDetail({ of, site }: { readonly of: InvitationOut; readonly site: string }): ReactNode {
  const zone = useZone();
  const center = useCenter();
  const may = useMay();
  return (
    <div className="detail">
      <Known
        rows={[
          [
            'User name',
            <span key="login" className="mono">
              {of.login}
            </span>,
          ],
          ['Roles', rolesSaid(of.roles)],
          ['Works at', site],
          of.email === null ? null : ['E-mail', of.email],
          ['Invited', when(of.madeAt, now(), zone)],
          ['Good until', when(of.expiresAt, now(), zone)],
        ]}
      />
      <p className="muted">
        The code was shown when it was made. If it is lost, take this one back and invite them anew.
      </p>
      <Deliberate
        title="Take the invitation back"
        means={<>The code that {of.name} was given is good for nothing then.</>}
        refusedFor={may(IDENTITY_ACTIONS['people.invite'], of)}
        done={`The invitation of ${of.name} is taken back`}
        act={(reason) =>
          center.ask({
            path: `/v1/invitations/${encodeURIComponent(of.invitation)}/revoke`,
            body: {},
            reason,
            answer: NothingSchema,
          })
        }
      />
    </div>
  );
}
