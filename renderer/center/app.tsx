import { type ReactNode, useEffect, useState } from 'react';
import { CenterContext } from './api/use-center.ts';
import { Frame } from './frame/frame.tsx';
import { MeContext } from './frame/me.ts';
import { AcceptInvitation } from './sign-in/accept.tsx';
import type { Brought } from './sign-in/brought.ts';
import { ResetPassword } from './sign-in/reset.tsx';
import { center, lookWho, signOut, useStanding } from './sign-in/session.ts';
import { SignIn } from './sign-in/sign-in.tsx';

/** `begin`: what the page was opened with, if anything. Whoever brings a code is not who was signed in here before. */
export function App({ begin }: { readonly begin: Brought | null }): ReactNode {
  const standing = useStanding();
  const [brought, setBrought] = useState(begin);
  useEffect(() => {
    void lookWho();
  }, []);
  const done = (): void => setBrought(null);
  return (
    <CenterContext value={center}>
      {brought?.for === 'invitation' ? (
        <AcceptInvitation code={brought.said} onDone={done} />
      ) : brought?.for === 'reset' ? (
        <ResetPassword code={brought.said} onDone={done} />
      ) : standing.at === 'in' ? (
        <MeContext value={standing.me}>
          <Frame
            said={brought?.for === 'refused' ? brought.said : null}
            onSaid={done}
            onSignOut={() => void signOut()}
          />
        </MeContext>
      ) : standing.at === 'out' ? (
        <SignIn why={brought?.said ?? standing.why} />
      ) : null}
    </CenterContext>
  );
}
