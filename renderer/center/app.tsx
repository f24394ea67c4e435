import { type ReactNode, useEffect, useState } from 'react';
import { CenterContext } from './api/use-center.ts';
import { Frame } from './frame/frame.tsx';
import { MeContext } from './frame/me.ts';
import { AcceptInvitation } from './sign-in/accept.tsx';
import type { CodeInAddress } from './sign-in/code-in-address.ts';
import { ResetPassword } from './sign-in/reset.tsx';
import { center, lookWho, signOut, useStanding } from './sign-in/session.ts';
import { SignIn } from './sign-in/sign-in.tsx';

/** `begin`: the code that the page was opened with, if any. Whoever brings one is not who was signed in here before. */
export function App({ begin }: { readonly begin: CodeInAddress | null }): ReactNode {
  const standing = useStanding();
  const [brought, setBrought] = useState(begin);
  useEffect(() => {
    void lookWho();
  }, []);
  const done = (): void => setBrought(null);
  return (
    <CenterContext value={center}>
      {brought?.for === 'invitation' ? (
        <AcceptInvitation code={brought.code} onDone={done} />
      ) : brought?.for === 'reset' ? (
        <ResetPassword code={brought.code} onDone={done} />
      ) : standing.at === 'in' ? (
        <MeContext value={standing.me}>
          <Frame onSignOut={() => void signOut()} />
        </MeContext>
      ) : standing.at === 'out' ? (
        <SignIn why={standing.why} />
      ) : null}
    </CenterContext>
  );
}
