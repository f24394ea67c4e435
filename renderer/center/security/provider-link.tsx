import type { ReactNode } from 'react';
import { State } from '../parts/rows.tsx';

/** Whether one can sign in by the organisation's provider, and the way there for whoever has a way in of their own. */
export function ProviderLink({ org, linked }: { readonly org: string; readonly linked: boolean }): ReactNode {
  return (
    <section className="factor" aria-label="Single sign-on">
      <h3>Single sign-on {linked ? <State tone="good">linked</State> : <State tone="muted">not linked</State>}</h3>
      {linked ? null : (
        <>
          <p className="muted">
            Linked, you sign in by your organisation as well. Within ten minutes of signing in here, go to the provider
            and back: it has to know you by the e-mail address that your administrator has of you.
          </p>
          <p className="form-buttons">
            <button
              type="button"
              className="choice"
              onClick={() => window.location.assign(`/v1/sso/${encodeURIComponent(org)}/begin?link=true`)}
            >
              Link my provider
            </button>
          </p>
        </>
      )}
    </section>
  );
}
