import type { ReactNode } from 'react';
import type { z } from 'zod';
import type { InvitedOutSchema } from '#domain/identity/api/people.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { Secret } from '../parts/secret.tsx';

/** The code of an invitation, the one time that it is shown, for the inviter to hand on. */
export function InvitationCode({
  out,
  name,
}: {
  readonly out: z.output<typeof InvitedOutSchema>;
  readonly name: string;
}): ReactNode {
  const zone = useZone();
  return (
    <Secret
      label="Invitation"
      value={out.code}
      link={`${window.location.origin}/#/invitation/${encodeURIComponent(out.code)}`}
    >
      <p>
        For {name} alone, until {when(out.expiresAt, now(), zone)}. It is shown this once: hand it on yourself. They
        open the link, choose a password, and sign in.
      </p>
    </Secret>
  );
}
