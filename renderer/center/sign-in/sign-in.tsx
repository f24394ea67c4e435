import { browserSupportsWebAuthn, startAuthentication } from '@simplewebauthn/browser';
import { type ReactNode, useState } from 'react';
import {
  PasskeyOptionsOutSchema,
  type SecondFactorNeeded,
  SecondFactorNeededSchema,
} from '#domain/identity/api/mfa.ts';
import { TextField, useTyped } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import type { Answer } from '../api/problem.ts';
import { useCenter } from '../api/use-center.ts';
import { Form } from '../parts/form.tsx';
import { asOptions, passkeyRefused } from '../security/passkeys.ts';
import { Card } from './card.tsx';
import { signIn } from './session.ts';

/** Signing in: the password, then the second factor where one is asked for; or a passkey alone. */
export function SignIn({ why }: { readonly why: string | null }): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const { typed, bind } = useTyped({ user: '', password: '', code: '' });
  const [needed, setNeeded] = useState<SecondFactorNeeded | null>(null);
  const said = (): string => 'Signed in';

  const withPassword = async (more: object): Promise<Answer<unknown>> => {
    const body = { user: typed.user.trim(), password: typed.password, ...more };
    const answer = await signIn('/v1/web/sessions', body);
    if (answer.ok || answer.problem.code !== 'second_factor.needed') return answer;
    const asked = SecondFactorNeededSchema.safeParse(answer.problem.secondFactor);
    if (asked.success) setNeeded(asked.data);
    // The first time it is a question, not a refusal.
    return Object.keys(more).length === 0 ? { ok: true, value: null } : answer;
  };
  const passkeyFor = async (
    options: object,
    then: (passkey: object) => Promise<Answer<unknown>>,
  ): Promise<Answer<unknown>> => {
    try {
      return await then(await startAuthentication({ optionsJSON: asOptions(options) }));
    } catch (failure) {
      return { ok: false, problem: passkeyRefused(failure) };
    }
  };
  const byPasskeyAlone = async (): Promise<Answer<unknown>> => {
    const options = await center.ask({
      path: '/v1/web/passkey/options',
      body: {},
      answer: PasskeyOptionsOutSchema,
    });
    if (!options.ok) return options;
    return passkeyFor(options.value.options, (passkey) => signIn('/v1/web/passkey', { passkey }));
  };

  if (needed) {
    const byCode = needed.methods.some((method) => method !== 'passkey');
    return (
      <Card title="Second factor" said={`For ${typed.user.trim()}.`}>
        <Form
          label="Second factor"
          deed={deed}
          submit={byCode ? 'Sign in' : 'Use a passkey'}
          onLeave={() => {
            deed.clear();
            setNeeded(null);
          }}
          onSubmit={() =>
            deed.run(
              () =>
                byCode || !needed.passkey
                  ? withPassword({ code: typed.code })
                  : passkeyFor(needed.passkey, (passkey) => withPassword({ passkey })),
              said,
            )
          }
        >
          {byCode ? (
            <TextField
              {...bind('code')}
              label="Code"
              autoComplete="one-time-code"
              hint="Six digits of your authenticator app, or a recovery code."
            />
          ) : null}
        </Form>
        {byCode && needed.passkey ? (
          <button
            type="button"
            className="choice"
            onClick={() =>
              deed.run(() => passkeyFor(needed.passkey ?? {}, (passkey) => withPassword({ passkey })), said)
            }
          >
            Use a passkey instead
          </button>
        ) : null}
      </Card>
    );
  }
  return (
    <Card
      title="Quantum Dispatch"
      said={why ?? 'Administration of the center. Sign in with your name at your organisation.'}
    >
      <Form label="Sign in" deed={deed} submit="Sign in" onSubmit={() => deed.run(() => withPassword({}), said)}>
        <TextField {...bind('user')} label="User" autoComplete="username" placeholder="name@organisation" />
        <TextField {...bind('password')} label="Password" type="password" autoComplete="current-password" />
      </Form>
      <p className="form-buttons">
        {browserSupportsWebAuthn() ? (
          <button type="button" className="choice" onClick={() => deed.run(byPasskeyAlone, said)}>
            Sign in with a passkey
          </button>
        ) : null}
        <button type="button" className="choice" onClick={() => deed.run(() => toProvider(typed.user), said)}>
          Sign in by your organisation
        </button>
      </p>
    </Card>
  );
}

/** Leads to the organisation's own provider; which organisation is said in the name, behind the `@`. */
function toProvider(user: string): Promise<Answer<unknown>> {
  const org = user.trim().split('@').at(-1) ?? '';
  if (org === '') {
    const detail = 'Type @ and the short name of your organisation here, then press it again.';
    return Promise.resolve({ ok: false, problem: { status: 0, code: 'organisation.missing', detail, field: 'user' } });
  }
  window.location.assign(`/v1/sso/${encodeURIComponent(org)}/begin`);
  return new Promise(() => undefined);
}
