import { type ReactNode, useMemo } from 'react';
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { SecurityEventsOutSchema } from '#domain/identity/api/security-events.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { countSaid } from '../../ui/count-said.ts';
import { SelectField, TextField, useTyped } from '../../ui/fields.tsx';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Cap } from '../../ui/key.tsx';
import { useDeed } from '../api/deed.ts';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { go } from '../frame/route.ts';
import { Filtered, useFilter } from '../parts/filtered.tsx';
import { Form } from '../parts/form.tsx';
import { ListDetail, useInHand } from '../parts/list-detail.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused, unanswered } from '../parts/refused.tsx';
import { Known, State, type Tone } from '../parts/rows.tsx';
import { usePeople } from '../people/people-known.ts';

type Event = z.output<typeof SecurityEventsOutSchema>['events'][number];
const NothingSchema = z.looseObject({});

const LOOK_AGAIN_MS = 15_000;
const TONES: { readonly [S in Event['state']]: Tone } = { open: 'bad', taken: 'amber', closed: 'muted' };
const WORDS: { readonly [S in Event['state']]: string } = { open: 'open', taken: 'in hand', closed: 'closed' };
const ORDER: { readonly [S in Event['state']]: number } = { open: 0, taken: 1, closed: 2 };
const RESOLUTIONS = [
  { value: 'harmless', title: 'harmless: it was what it should be' },
  { value: 'contained', title: 'contained: it was stopped here' },
  { value: 'escalated', title: 'escalated: given to whoever handles incidents' },
] as const;

/** What looked like an attack: each is taken in hand by somebody and brought to an end in words. */
export function SecurityEvents(): ReactNode {
  const { open, selected, beside, select, enter } = useInHand('events');
  const zone = useZone();
  const { value, problem } = useAnswer(SecurityEventsOutSchema, '/v1/security/events', { every: LOOK_AGAIN_MS });
  const events = useMemo(
    () => value?.events.toSorted((a, b) => ORDER[a.state] - ORDER[b.state] || b.lastAt - a.lastAt) ?? [],
    [value],
  );
  const columns = useMemo(
    (): readonly Column<Event>[] => [
      {
        key: 'state',
        title: 'State',
        track: '6.5rem',
        cell: ({ state }) => <State tone={TONES[state]}>{WORDS[state]}</State>,
      },
      { key: 'kind', title: 'What', track: 'minmax(9rem, 1fr)', cell: ({ kind }) => <b>{kind}</b> },
      {
        key: 'subject',
        title: 'About',
        track: 'minmax(8rem, 1.5fr)',
        cell: ({ person, subject }) => person ?? subject,
      },
      { key: 'title', title: 'That is', track: 'minmax(8rem, 3fr)', cell: ({ title }) => title, from: 52 },
      { key: 'number', title: 'Times', track: '3.5rem', cell: ({ times }) => times },
      { key: 'time', title: 'Last', track: '7.5rem', cell: ({ lastAt }) => when(lastAt, now(), zone) },
    ],
    [zone],
  );
  const event = events.find(({ id }) => id === beside);
  const filter = useFilter(events, (one) => [one.kind, one.title, one.person, one.subject, WORDS[one.state]]);
  const waiting = (among: readonly Event[]): number => among.filter(({ state }) => state === 'open').length;
  return (
    <ListDetail
      open={open}
      onLeave={() => go('events')}
      list={
        <Panel
          title="Security events"
          count={countSaid(waiting(filter.shown), waiting(events), filter.typed !== '')}
          hint={
            <>
              <Cap>/</Cap> filter · <Cap>Enter</Cap> handle
            </>
          }
        >
          {problem ? <Refused problem={problem} /> : null}
          <Filtered label="Filter security events" placeholder="kind, person, address or state" filter={filter}>
            <Grid
              label="Security events"
              rows={filter.shown}
              columns={columns}
              idOf={({ id }) => id}
              nameOf={({ kind, person, subject }) => `${kind} ${person ?? subject}`}
              freshness={({ state, times }) => `${state} ${times}`}
              selected={selected}
              onSelect={select}
              onEnter={({ id }) => enter(id)}
              quiet={({ state }) => state === 'closed'}
              empty={
                value === undefined
                  ? unanswered(problem)
                  : filter.typed
                    ? 'Nothing here matches the filter.'
                    : 'Nothing has looked like an attack.'
              }
            />
          </Filtered>
        </Panel>
      }
      detail={
        <Panel title={event?.kind ?? 'Event'}>
          {event ? (
            <EventDetail key={event.id} event={event} />
          ) : (
            <Nothing>Choose an event to see what was looked at, and to handle it.</Nothing>
          )}
        </Panel>
      }
    />
  );
}

/** `signedInMeanwhile`, as a detector names what it saw, as people read it. */
const inWords = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function EventDetail({ event }: { readonly event: Event }): ReactNode {
  const zone = useZone();
  const center = useCenter();
  const may = useMay();
  const people = usePeople().value ?? [];
  const deed = useDeed();
  const at = (ms: number): string => when(ms, now(), zone);
  const nameOf = (id: string | null): string => people.find(({ person }) => person === id)?.name ?? id ?? '';
  const path = `/v1/security/events/${encodeURIComponent(event.id)}`;
  const objection = may(IDENTITY_ACTIONS['security.handle'], { site: null });
  return (
    <div className="detail">
      <p>{event.title}.</p>
      <Known
        rows={[
          [
            'State',
            <State key="state" tone={TONES[event.state]}>
              {WORDS[event.state]}
            </State>,
          ],
          ['About', event.person === null ? event.subject : `${event.person} (${event.subject})`],
          ['First', at(event.firstAt)],
          ['Last', `${at(event.lastAt)}, ${event.times} ${event.times === 1 ? 'time' : 'times'}`],
          event.takenAt === null ? null : ['In hand', `of ${nameOf(event.takenBy)} since ${at(event.takenAt)}`],
          event.closedAt === null
            ? null
            : ['Closed', `${at(event.closedAt)} by ${nameOf(event.closedBy)}: ${event.resolution}`],
          event.note === null ? null : ['What it was', event.note],
        ]}
      />
      <h3>What was looked at</h3>
      <Known
        rows={Object.entries(event.evidence).map(([what, value]) => [
          inWords(what),
          <span key={what} className="mono">
            {Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value)}
          </span>,
        ])}
      />
      {objection !== null ? <p className="muted">{objection}</p> : null}
      {objection === null && event.state === 'open' ? (
        <Form
          label="Take it in hand"
          deed={deed}
          submit="Take it in hand"
          onSubmit={() =>
            deed.run(
              () => center.ask({ path: `${path}/take`, body: {}, answer: NothingSchema }),
              () => `${event.kind} is in your hand`,
            )
          }
        />
      ) : null}
      {objection === null && event.state !== 'closed' ? <Close event={event} path={path} /> : null}
    </div>
  );
}

function Close({ event, path }: { readonly event: Event; readonly path: string }): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const { typed, bind } = useTyped<{ resolution: (typeof RESOLUTIONS)[number]['value']; note: string }>({
    resolution: 'harmless',
    note: '',
  });
  return (
    <Form
      label="Bring it to an end"
      deed={deed}
      submit="Bring it to an end"
      onSubmit={() =>
        deed.run(
          () =>
            center.ask({
              path: `${path}/close`,
              body: { resolution: typed.resolution, note: typed.note.trim() },
              answer: NothingSchema,
            }),
          () => `${event.kind} is closed: ${typed.resolution}`,
        )
      }
    >
      <SelectField {...bind('resolution')} label="It was" options={RESOLUTIONS} />
      <TextField {...bind('note')} label="In words" focus hint="What it was, and what was done. Kept in the audit." />
    </Form>
  );
}
