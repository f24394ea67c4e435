import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { TextField, useTyped } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { Form } from '../parts/form.tsx';
import { Card } from './card.tsx';

const NothingSchema = z.looseObject({});

/** A new password by a code that an administrator handed on. */
export function ResetPassword({ code, onDone }: { readonly code: string; readonly onDone: () => void }): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const { typed, bind } = useTyped({ password: '', again: '' });
  const [differs, setDiffers] = useState(false);
  const problem = { status: 422, code: 'password.differs', detail: 'The two are not the same.', field: 'again' };
  return (
    <Card title="A new password" said="Choose it; then sign in with it.">
      <Form
        label="A new password"
        deed={differs ? { ...deed, problem } : deed}
        submit="Set it"
        onLeave={onDone}
        onSubmit={() => {
          setDiffers(typed.password !== typed.again);
          if (typed.password !== typed.again) return;
          deed.run(
            () =>
              center.ask({
                path: '/v1/password/reset',
                body: { code, password: typed.password },
                answer: NothingSchema,
              }),
            () => {
              onDone();
              return 'The new password is set';
            },
          );
        }}
      >
        <TextField {...bind('password')} focus label="Password" type="password" autoComplete="new-password" />
        <TextField {...bind('again')} label="Once more" type="password" autoComplete="new-password" />
      </Form>
    </Card>
  );
}
