import { type ReactNode, useState } from 'react';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { RetentionSchema } from '#domain/identity/api/audit.ts';
import { TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { yearsTyped } from '../organisation/years-typed.ts';
import { Form } from '../parts/form.tsx';

/** For how long the audit is kept; that is only ever raised. */
export function Retention(): ReactNode {
  const center = useCenter();
  const may = useMay();
  const deed = useDeed();
  const years = useAnswer(RetentionSchema, '/v1/audit/retention').value?.years;
  const [typed, setTyped] = useState('');
  if (years === undefined) return null;
  if (may(IDENTITY_ACTIONS['audit.retention'], { site: null }) !== null) {
    return <p className="muted">The audit is kept for {years} years.</p>;
  }
  return (
    <Form
      label="Keep the audit for longer"
      deed={deed}
      submit="Keep it for longer"
      onSubmit={() =>
        deed.run(
          () =>
            center.ask({
              method: 'PUT',
              path: '/v1/audit/retention',
              body: { years: yearsTyped(typed) },
              answer: RetentionSchema,
            }),
          (kept) => {
            setTyped('');
            return `The audit is kept for ${kept.years} years`;
          },
        )
      }
    >
      <TextField
        name="years"
        label="Kept, years"
        inputMode="numeric"
        value={typed}
        onChange={setTyped}
        placeholder={String(years)}
        hint={`${years} now; that is only ever raised.`}
      />
    </Form>
  );
}
