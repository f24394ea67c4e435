import { type ReactNode, useEffect, useState } from 'react';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { SitesOutSchema } from '#domain/cad/api.ts';
import { useAction } from '../../app/keys/actions.ts';
import { SETUP_KINDS, type SetupKind } from '../../features/setup/setup-kinds.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Cap } from '../../ui/key.tsx';
import { useAnswer } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { go } from '../frame/route.ts';
import { ListDetail, useInHand } from '../parts/list-detail.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused, unanswered } from '../parts/refused.tsx';
import { State, type Tone } from '../parts/rows.tsx';
import { NewSite } from './new-site.tsx';
import { PeopleStep } from './people-step.tsx';
import { ProfileForm } from './profile-form.tsx';
import { RosterEditor } from './roster-editor.tsx';
import { readiness, type SiteRecords, type Step, type StepId, stepsOf } from './steps.ts';
import { useSiteRecords } from './use-site-records.ts';
import { WorkstationStep } from './workstation-step.tsx';

const TONES: { readonly [S in Step['state']]: Tone } = {
  done: 'good',
  waiting: 'amber',
  missing: 'bad',
  advised: 'muted',
};
const WORDS: { readonly [S in Step['state']]: string } = {
  done: 'there',
  waiting: 'waits',
  missing: 'missing',
  advised: 'advised',
};

const COLUMNS: readonly Column<Step>[] = [
  {
    key: 'state',
    title: '',
    track: '6.5rem',
    cell: (step) => <State tone={TONES[step.state]}>{WORDS[step.state]}</State>,
  },
  { key: 'title', title: 'Part', track: 'minmax(9rem, 14rem)', cell: (step) => <b>{step.title}</b> },
  { key: 'has', title: 'There is', track: 'minmax(8rem, 2fr)', cell: (step) => step.has, from: 60 },
  { key: 'next', title: 'Next', track: 'minmax(8rem, 3fr)', cell: (step) => step.next, from: 60 },
  {
    key: 'either',
    title: 'There is, or next',
    track: 'minmax(8rem, 1fr)',
    cell: (step) => step.next || step.has,
    until: 60,
  },
];

/** The kinds of record that a step edits. */
const KINDS: { readonly [S in StepId]?: readonly string[] } = {
  positions: ['Positions'],
  agencies: ['Agencies'],
  units: ['Units'],
  natures: ['Natures'],
  dispositions: ['Dispositions'],
  facilities: ['Hospitals', 'Stations', 'Posts'],
};

/** Setting a PSAP up: what it has, what it still lacks, and each part's form in place. */
export function Setup(): ReactNode {
  const { open, selected, beside, select, enter } = useInHand('setup');
  const may = useMay();
  const { value, problem } = useAnswer(SitesOutSchema, '/v1/sites');
  const sites = value?.sites ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const site = sites.find((one) => one.site === chosen) ?? sites[0];
  const records = useSiteRecords(site);
  const steps = records ? stepsOf(records) : [];
  const objection = may(CAD_ACTIONS['sites.create'], { site: null });
  useAction('new', () => {
    if (objection !== null) return false;
    go('setup', 'new');
    return true;
  });
  useEffect(() => {
    if (value?.sites.length === 0 && objection === null) go('setup', 'new');
  }, [value, objection]);
  const step = steps.find(({ id }) => id === beside);
  return (
    <ListDetail
      open={open}
      onLeave={() => go('setup')}
      list={
        <Panel
          title={site ? `PSAP: ${site.name}` : 'PSAPs'}
          hint={
            <>
              <Cap>Enter</Cap> open · <Cap>N</Cap> new PSAP
            </>
          }
        >
          {problem ? <Refused problem={problem} /> : null}
          <div className="bar bar-choices">
            {sites.map((one) => (
              <button
                type="button"
                key={one.site}
                className="choice"
                aria-pressed={one.site === site?.site}
                onClick={() => setChosen(one.site)}
              >
                {one.name}
              </button>
            ))}
            {objection === null ? (
              <button type="button" className="choice" aria-pressed={open === 'new'} onClick={() => go('setup', 'new')}>
                <Cap>N</Cap> new PSAP
              </button>
            ) : null}
          </div>
          {steps.length > 0 ? <Whole steps={steps} /> : null}
          <div className="list-grow">
            <Grid
              label="Parts of the PSAP"
              rows={steps}
              columns={COLUMNS}
              idOf={({ id }) => id}
              nameOf={({ title }) => title}
              freshness={({ state, has }) => `${state} ${has}`}
              selected={selected}
              onSelect={select}
              onEnter={({ id }) => enter(id)}
              empty={value ? 'There is no PSAP yet.' : unanswered(problem)}
            />
          </div>
        </Panel>
      }
      detail={
        open === 'new' ? (
          <NewSite
            onMade={(made) => {
              setChosen(made);
              go('setup', 'people');
            }}
            onLeave={() => go('setup')}
          />
        ) : (
          <Panel title={step?.title ?? 'Part'}>
            {step && records ? (
              <StepDetail key={`${records.site} ${step.id}`} step={step} records={records} />
            ) : (
              <Nothing>Choose a part at the left; Enter opens it here.</Nothing>
            )}
          </Panel>
        )
      }
    />
  );
}

function Whole({ steps }: { readonly steps: readonly Step[] }): ReactNode {
  const { ready, sentence } = readiness(steps);
  return (
    <p role="status" aria-label="Readiness" className={`strip whole ${ready ? 'strip-good' : 'strip-amber'}`}>
      <State tone={ready ? 'good' : 'amber'}>{sentence}</State>
    </p>
  );
}

function StepDetail({ step, records }: { readonly step: Step; readonly records: SiteRecords }): ReactNode {
  const kinds = (KINDS[step.id] ?? []).flatMap((title): SetupKind[] => {
    const kind = SETUP_KINDS.find((one) => one.title === title);
    return kind ? [kind] : [];
  });
  return (
    <div className="detail">
      {step.next === '' ? null : <p className="muted">{step.next}</p>}
      {step.id === 'profile' && records.profile ? <ProfileForm site={records.site} profile={records.profile} /> : null}
      {step.id === 'people' ? <PeopleStep records={records} /> : null}
      {step.id === 'workstations' ? <WorkstationStep records={records} /> : null}
      {kinds.length > 0 ? <Kinds site={records.site} kinds={kinds} /> : null}
    </div>
  );
}

function Kinds({ site, kinds }: { readonly site: string; readonly kinds: readonly SetupKind[] }): ReactNode {
  const [at, setAt] = useState(0);
  const kind = kinds[at] ?? (kinds[0] as SetupKind);
  return (
    <>
      {kinds.length > 1 ? (
        <p className="bar-choices">
          {kinds.map((one, i) => (
            <button type="button" key={one.title} className="choice" aria-pressed={i === at} onClick={() => setAt(i)}>
              {one.title}
            </button>
          ))}
        </p>
      ) : null}
      <RosterEditor key={kind.title} site={site} kind={kind} />
    </>
  );
}
