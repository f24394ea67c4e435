import { type ReactNode, useEffect, useState } from 'react';
import type { z } from 'zod';
import { AcceptedOutSchema, InvitationLookSchema } from '#domain/identity/api/people.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { TextField, useTyped } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import type { Problem } from '../api/problem.ts';
import { useCenter } from '../api/use-center.ts';
import { Form } from '../parts/form.tsx';
import { Refused } from '../parts/refused.tsx';
import { passwordHint } from '../security/password-form.tsx';
import { Card } from './card.tsx';
import { signIn } from './session.ts';

type Look = z.output<typeof InvitationLookSchema>;

/** Whoever was invited chooses a password here and is signed in with it. */
export function AcceptInvitation({ code, onDone }: { readonly code: string; readonly onDone: () => void }): ReactNode {
  const center = useCenter();
  const zone = useZone();
  const [look, setLook] = useState<Look | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    void center
      .ask({ path: '/v1/invitations/look', body: { code }, answer: InvitationLookSchema })
      .then((answer) => (answer.ok ? setLook(answer.value) : setProblem(answer.problem)));
  }, [center, code]);
  if (problem) {
    return (
      <Card title="Invitation" said="">
        <Refused problem={problem} />
        <button type="button" className="choice" onClick={onDone}>
          To sign-in
        </button>
      </Card>
    );
  }
  if (!look) return null;
  return (
    <Card
      title={`Welcome to ${look.organisation}`}
      said={
        <>
          You are invited as <b>{look.login}</b>, until {when(look.expiresAt, now(), zone)}. Choose a password; it is
          yours alone.
        </>
      }
    >
      <ChooseNew look={look} code={code} onDone={onDone} />
    </Card>
  );
}

function ChooseNew({
  look,
  code,
  onDone,
}: {
  readonly look: Look;
  readonly code: string;
  readonly onDone: () => void;
}): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const { typed, bind } = useTyped({ name: look.name, password: '', again: '' });
  const [early, setEarly] = useState<string | null>(null);
  const shown = early
    ? { ...deed, problem: { status: 422, code: 'password.differs', detail: early, field: 'password' } }
    : deed;
  return (
    <Form
      label="Accept the invitation"
      deed={shown}
      submit="Begin"
      onSubmit={() => {
        const hint = passwordHint(typed.password, typed.again, look.passwordAtLeast);
        setEarly(hint);
        if (hint !== null) return;
        deed.run(
          async () => {
            const { password } = typed;
            const accepted = await center.ask({
              path: '/v1/invitations/accept',
              body: { code, password, name: typed.name.trim() },
              answer: AcceptedOutSchema,
            });
            if (!accepted.ok) return accepted;
            const signedIn = await signIn('/v1/web/sessions', { user: accepted.value.user, password });
            onDone();
            return signedIn;
          },
          () => `Welcome, ${typed.name.trim()}`,
        );
      }}
    >
      <input type="text" autoComplete="username" value={look.login} readOnly hidden />
      <TextField
        {...bind('password')}
        focus
        label="Password"
        type="password"
        autoComplete="new-password"
        hint={`At least ${look.passwordAtLeast} characters; a few words are good. Nothing else is asked of it.`}
      />
      <TextField {...bind('again')} label="Once more" type="password" autoComplete="new-password" />
      <TextField {...bind('name')} label="Your name, as others read it" autoComplete="name" />
    </Form>
  );
}
