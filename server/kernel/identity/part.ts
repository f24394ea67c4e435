/** Identity as a part of the center. */
import type { CenterContext, CenterPart } from '../part.ts';
import { deviceRoutes } from './devices/routes.ts';
import { makeLimits } from './limits.ts';
import { forgetNotices, noticeRoutes } from './notices/notices.ts';
import type { Breached } from './passwords/breached.ts';
import { makePasswords } from './passwords/passwords.ts';
import { meRoutes } from './people/me-routes.ts';
import { peopleRoutes } from './people/routes.ts';
import { policyRoutes } from './policy/routes.ts';
import type { IdentityPorts } from './ports.ts';
import { identityRoutes } from './routes.ts';
import { TOTP_SECRET } from './second-factor/given.ts';
import { secondFactorRoutes } from './second-factor/routes.ts';
import { webRoutes } from './sign-in/web-routes.ts';

export function identityPorts(context: CenterContext, breached: Breached): IdentityPorts {
  return { ...context, passwords: makePasswords(breached), limits: makeLimits(context.counters) };
}

export function identityPart(ports: IdentityPorts): CenterPart {
  return {
    name: 'identity',
    sealed: [TOTP_SECRET],
    daily: [{ failing: 'old notices could not be taken away', work: (org) => forgetNotices(ports.db, org) }],
    routes: [
      ...identityRoutes(ports),
      ...peopleRoutes(ports),
      ...meRoutes(ports),
      ...noticeRoutes(ports),
      ...policyRoutes(ports),
      ...webRoutes(ports),
      ...secondFactorRoutes(ports),
      ...deviceRoutes(ports),
    ],
  };
}
