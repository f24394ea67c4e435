import type { ReactNode } from 'react';
import { SecondFactorsOutSchema } from '#domain/identity/api/mfa.ts';
import { MeOutSchema } from '#domain/identity/api/people.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useAnswer } from '../api/use-center.ts';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { AuthenticatorApp } from './authenticator-app.tsx';
import { NoticeList } from './notices.tsx';
import { Passkeys } from './passkey-list.tsx';
import { PasswordForm } from './password-form.tsx';
import { ProviderLink } from './provider-link.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { Sessions } from './sessions.tsx';

/** One's own: password, second factors, sessions, and what happened to them. */
export function MySecurity(): ReactNode {
  const zone = useZone();
  const me = useAnswer(MeOutSchema, '/v1/me');
  const factors = useAnswer(SecondFactorsOutSchema, '/v1/me/second-factors');
  const held = factors.value;
  const problem = me.problem ?? factors.problem;
  return (
    <div className="security">
      {held?.required && !held.given ? (
        <p role="status" aria-label="Second factor" className="strip strip-amber security-needs">
          <b>Your role asks for a second factor.</b> Until you have given one, nothing but this screen is open to you.
          Set up an authenticator app or a passkey here.
        </p>
      ) : null}
      <div className="security-panels">
        <Panel title="Second factors">
          <div className="detail" tabIndex={-1} data-panel-focus="">
            {problem ? <Refused problem={problem} /> : null}
            {held ? (
              <>
                <AuthenticatorApp since={held.totp?.since ?? null} />
                <Passkeys passkeys={held.passkeys} />
                <RecoveryCodes codes={held.recoveryCodes} any={held.totp !== null || held.passkeys.length > 0} />
              </>
            ) : null}
          </div>
        </Panel>
        <Panel title="Password">
          <div className="detail">
            {me.value ? (
              <>
                <p className="muted">
                  {me.value.passwordChangedAt === null
                    ? 'You have chosen none: you came by your organisation’s provider.'
                    : `Changed ${when(me.value.passwordChangedAt, now(), zone)}.`}
                </p>
                <PasswordForm atLeast={me.value.passwordAtLeast} login={me.value.login} />
                {me.value.provider === 'none' ? null : (
                  <ProviderLink org={me.value.org} linked={me.value.provider === 'linked'} />
                )}
              </>
            ) : null}
          </div>
        </Panel>
        <Panel title="Where you are signed in">
          <div className="detail">
            <Sessions path="/v1/me/sessions" />
            <NoticeList />
          </div>
        </Panel>
      </div>
    </div>
  );
}
