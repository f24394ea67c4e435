import { type ReactNode, useMemo } from 'react';
import { SitesOutSchema } from '#domain/cad/api.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { type KeyShown, KeysOutSchema } from '#domain/identity/api/keys.ts';
import { isOverdue } from '#domain/identity/cryptoperiod.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { elapsed, when } from '../../app/clock/format.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Cap } from '../../ui/key.tsx';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { useDevices } from '../devices/devices-known.ts';
import { useMay } from '../frame/me.ts';
import { go } from '../frame/route.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { ListDetail, useInHand } from '../parts/list-detail.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused, unanswered } from '../parts/refused.tsx';
import { Known, State, type Tone } from '../parts/rows.tsx';

const LOOK_AGAIN_MS = 5_000;
const TONES: { readonly [S in KeyShown['state']]: Tone } = { active: 'good', pending: 'amber', retired: 'muted' };
const WORDS: { readonly [S in KeyShown['state']]: string } = {
  active: 'in use',
  pending: 'made known',
  retired: 'opens what it closed',
};
/** What each level is for, as whoever rotates it should know. */
const LEVELS: { readonly [L in KeyShown['level']]: { readonly title: string; readonly means: string } } = {
  master: { title: 'Master key', means: 'It wraps the organisation’s key. The operator of the center rotates it.' },
  organisation: { title: 'Organisation key', means: 'It wraps every key below. Wrapping them anew takes moments.' },
  site: {
    title: 'Site key',
    means:
      'Workstations of the PSAP wrap the keys of what they make under it. It is used once every workstation holds it.',
  },
  signing: { title: 'Signing key', means: 'The center signs tokens, rosters and seals with it.' },
  entity: { title: 'Keys of records', means: 'Each record has its own. Those under an old key are wrapped anew.' },
  secrets: {
    title: 'Key of secrets',
    means:
      'What the center itself keeps secret for the organisation is under it, and is sealed anew when it is rotated.',
  },
  index: {
    title: 'Index key',
    means: 'Searching for equal values goes by it. The index is made anew in the background.',
  },
};

/** An id is of its level and site alone. */
const nameOf = ({ level, site, id }: KeyShown): string => [level, site ?? '', id].join('~');

/** The organisation's keys: how old they are, what is under which, and rotating them. Never a key itself. */
export function Keys(): ReactNode {
  const { open, selected, beside, select, enter } = useInHand('keys');
  const zone = useZone();
  const { value, problem } = useAnswer(KeysOutSchema, '/v1/keys', { every: LOOK_AGAIN_MS });
  const sites = useAnswer(SitesOutSchema, '/v1/sites').value?.sites;
  const columns = useMemo(
    (): readonly Column<KeyShown>[] => [
      {
        key: 'level',
        title: 'Key',
        track: 'minmax(9rem, 1fr)',
        cell: ({ level, site }) => (
          <>
            <b>{LEVELS[level].title}</b>
            {site === null ? '' : ` · ${sites?.find((one) => one.site === site)?.name ?? site}`}
          </>
        ),
      },
      {
        key: 'state',
        title: 'State',
        track: '11.5rem',
        cell: (one) => <StateOf of={one} />,
      },
      { key: 'time', title: 'Age', track: '7rem', cell: ({ createdAt }) => elapsed(now() - createdAt) },
      {
        key: 'holds',
        title: 'Under it still',
        track: '7rem',
        cell: ({ holds }) => (holds === null || holds === 0 ? '' : holds),
        from: 44,
      },
      { key: 'number', title: 'Id', track: 'minmax(6rem, 1fr)', cell: ({ id }) => id, from: 56 },
    ],
    [sites],
  );
  const key = value?.keys.find((one) => nameOf(one) === beside);
  const progress = value?.progress;
  const overdue = value?.keys.filter((one) => isOverdue(one, now())) ?? [];
  return (
    <ListDetail
      open={open}
      onLeave={() => go('keys')}
      list={
        <Panel
          title="Keys"
          count={value?.keys.length}
          hint={
            <>
              <Cap>Enter</Cap> rotate
            </>
          }
        >
          {problem ? <Refused problem={problem} /> : null}
          {overdue.length > 0 ? (
            <p role="status" aria-label="Keys past their time" className="strip strip-bad">
              Used for more than a year: {[...new Set(overdue.map(({ level }) => LEVELS[level].title))].join(', ')}.
              Rotate
              {overdue.length === 1 ? ' it' : ' them'}; nothing stops meanwhile.
            </p>
          ) : null}
          {progress ? (
            <p role="status" aria-label="Rotation" className={`strip ${progress.failed ? 'strip-bad' : 'strip-amber'}`}>
              {LEVELS[progress.level].title}: {progress.done} of {progress.total} done
              {progress.failed ? '; it stopped, rotate again to go on' : ', going on in the background'}.
            </p>
          ) : null}
          <div className="list-grow">
            <Grid
              label="Keys"
              rows={value?.keys ?? []}
              columns={columns}
              idOf={nameOf}
              nameOf={({ level, id }) => `${LEVELS[level].title} ${id}`}
              freshness={(one) => `${one.state} ${one.holds} ${isOverdue(one, now())}`}
              selected={selected}
              onSelect={select}
              onEnter={(one) => enter(nameOf(one))}
              quiet={({ state }) => state === 'retired'}
              empty={unanswered(problem)}
            />
          </div>
        </Panel>
      }
      detail={
        <Panel title={key ? LEVELS[key.level].title : 'Key'}>
          {key ? (
            <KeyDetail key={nameOf(key)} of={key} at={(ms) => when(ms, now(), zone)} />
          ) : (
            <Nothing>Choose a key to see what it is for, and to rotate its level.</Nothing>
          )}
        </Panel>
      }
    />
  );
}

function StateOf({ of }: { readonly of: KeyShown }): ReactNode {
  if (isOverdue(of, now())) return <State tone="bad">rotation overdue</State>;
  return <State tone={TONES[of.state]}>{WORDS[of.state]}</State>;
}

function KeyDetail({ of, at }: { readonly of: KeyShown; readonly at: (ms: number) => string }): ReactNode {
  const center = useCenter();
  const may = useMay();
  const devices = useDevices();
  const { title, means } = LEVELS[of.level];
  const waits = of.waitingFor.map((station) => devices?.find(({ id }) => id === station)?.of.name ?? station);
  return (
    <div className="detail">
      <p>{means}</p>
      <Known
        rows={[
          ['State', <StateOf key="state" of={of} />],
          [of.level === 'master' ? 'In use since' : 'Made', at(of.createdAt)],
          of.changeDue === null ? null : ['To be rotated by', at(of.changeDue)],
          [
            'Id',
            <span key="id" className="mono">
              {of.id}
            </span>,
          ],
          of.under === null
            ? null
            : [
                'Wrapped by',
                <span key="under" className="mono">
                  {of.under}
                </span>,
              ],
          of.holds === null ? null : ['Under it still', `${of.holds}; a rotation moves them`],
          waits.length === 0 ? null : ['Waits for', waits.join(', ')],
        ]}
      />
      {of.level === 'master' ? null : (
        <Deliberate
          title={`Rotate: ${title.toLowerCase()}`}
          means="A new key takes over. Nothing stops meanwhile, and what was sealed stays readable."
          danger={false}
          refusedFor={may(IDENTITY_ACTIONS['keys.rotate'], { site: null })}
          done={`${title}: a new one is in use`}
          act={(reason) =>
            center.ask({
              path: `/v1/keys/${encodeURIComponent(of.level)}/rotate`,
              body: of.site === null ? {} : { site: of.site },
              reason,
              answer: KeysOutSchema,
            })
          }
        />
      )}
    </div>
  );
}
