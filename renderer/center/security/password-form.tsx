import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { TextField, useTyped } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { Form } from '../parts/form.tsx';

const NothingSchema = z.looseObject({});

/** What a new password is told about itself before it is sent; null where nothing is wrong yet. Pure. */
export function passwordHint(password: string, again: string, atLeast: number): string | null {
  const length = [...password.normalize('NFC')].length;
  if (length < atLeast) return `It has ${length} of at least ${atLeast} characters. A few words are good.`;
  if (again !== password) return 'The two are not the same.';
  return null;
}

export function PasswordForm({ atLeast, login }: { readonly atLeast: number; readonly login: string }): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const { typed, bind, set } = useTyped({ old: '', new: '', again: '' });
  const [early, setEarly] = useState<string | null>(null);
  const shown = early
    ? { ...deed, problem: { status: 422, code: 'password.differs', detail: early, field: 'new' } }
    : deed;
  return (
    <Form
      label="Change the password"
      deed={shown}
      submit="Change it"
      onSubmit={() => {
        const hint = passwordHint(typed.new, typed.again, atLeast);
        setEarly(hint);
        if (hint !== null) return;
        deed.run(
          () =>
            center.ask({
              path: '/v1/me/password',
              body: { old: typed.old, new: typed.new },
              answer: NothingSchema,
            }),
          () => {
            set({ old: '', new: '', again: '' });
            return 'Your password is changed; your other sessions ended';
          },
        );
      }}
    >
      <input type="text" autoComplete="username" value={login} readOnly hidden />
      <TextField {...bind('old')} label="The old one" type="password" autoComplete="current-password" />
      <TextField
        {...bind('new')}
        label="The new one"
        type="password"
        autoComplete="new-password"
        hint={`At least ${atLeast} characters; nothing else is asked of it. What is in lists of common passwords is refused.`}
      />
      <TextField {...bind('again')} label="Once more" type="password" autoComplete="new-password" />
    </Form>
  );
}
