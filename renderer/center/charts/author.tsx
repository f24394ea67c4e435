/** Whose a chart is, and what the one who looks can do about it: claim it, give it, release it. Else why not. */
import { type ReactNode, useState } from 'react';
import { EPCR_ACTIONS } from '#domain/epcr/actions.ts';
import { ChartAuthorOutSchema, ChartCrewOutSchema, type ChartOut } from '#domain/epcr/api.ts';
import { objectionTo } from '#domain/epcr/author.ts';
import { ROLE_TITLES } from '#domain/kernel/permission.ts';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { useMay, useMe } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { Refused } from '../parts/refused.tsx';
import { chartSaid } from './rows.ts';

export function Author({ chart }: { readonly chart: ChartOut }): ReactNode {
  const me = useMe();
  const may = useMay();
  const of = { site: chart.site, agency: chart.agency?.id ?? null };
  const held = { state: chart.state, author: chart.author?.person ?? null };
  const mine = held.author === me.user;
  const whyNotClaim = may(EPCR_ACTIONS['chart.claim'], of) ?? objectionTo(held, 'claim')?.message ?? null;
  const whyNotGive = may(EPCR_ACTIONS['chart.assign'], of) ?? objectionTo(held, 'assignment')?.message ?? null;
  return (
    <>
      {mine ? null : whyNotClaim === null ? <Claim chart={chart} /> : <p className="muted">Claim it: {whyNotClaim}</p>}
      {whyNotGive === null ? <Give chart={chart} /> : <p className="muted">Give or release it: {whyNotGive}</p>}
    </>
  );
}

const pathOf = ({ chart }: ChartOut, to: string): string =>
  `/v1/charts/${encodeURIComponent(chart)}/${encodeURIComponent(to)}`;

function Claim({ chart }: { readonly chart: ChartOut }): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  return (
    <Form
      label="Claim it"
      deed={deed}
      submit="Claim it as mine"
      onSubmit={() =>
        deed.run(
          () => center.ask({ path: pathOf(chart, 'claim'), body: {}, answer: ChartAuthorOutSchema }),
          () => `The chart of ${chartSaid(chart)} is yours`,
        )
      }
    >
      <p className="muted">From then on you read it, and no other of the crew does.</p>
    </Form>
  );
}

/** For nobody: released, for the crew to claim. */
const NOBODY = 'nobody';

function Give({ chart }: { readonly chart: ChartOut }): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const { value, problem } = useAnswer(ChartCrewOutSchema, pathOf(chart, 'crew'));
  const crew = value?.crew.filter(({ person }) => person !== chart.author?.person) ?? [];
  const options = [
    { value: '', title: 'choose one' },
    // Not before the others are there: whoever types a name would choose it.
    ...(chart.author === null || value === undefined
      ? []
      : [{ value: NOBODY, title: 'nobody: released, for the crew to claim' }]),
    ...crew.map(({ person, name, roles }) => ({
      value: person,
      title: `${name}, ${roles.map((role) => ROLE_TITLES[role].toLowerCase()).join(', ')}`,
    })),
  ];
  const give = (): void => {
    if (to === '') {
      deed.refuse('author', 'Choose whose it is to be.');
      return;
    }
    const said = to === NOBODY ? 'is nobody’s again' : `is given to ${crew.find(({ person }) => person === to)?.name}`;
    deed.runBecause(
      reason,
      () =>
        center.ask({
          path: pathOf(chart, 'author'),
          body: { author: to === NOBODY ? null : to, reason: reason.trim() },
          answer: ChartAuthorOutSchema,
        }),
      () => `The chart of ${chartSaid(chart)} ${said}`,
    );
  };
  return (
    <>
      {problem ? <Refused problem={problem} /> : null}
      <Form label="Give or release it" deed={deed} submit={to === NOBODY ? 'Release it' : 'Give it'} onSubmit={give}>
        <SelectField
          name="author"
          label="Give it to"
          value={to}
          onChange={setTo}
          options={options}
          hint={
            value && crew.length === 0
              ? 'Nobody else of the crew works at the unit’s site and agency.'
              : 'The crew of the unit’s site and agency.'
          }
        />
        <TextField name="reason" label="Reason" value={reason} onChange={setReason} hint="Kept in the audit." />
      </Form>
    </>
  );
}
