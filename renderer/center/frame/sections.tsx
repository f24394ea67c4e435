/** The screens: what each is called, the letter that goes to it, and what one must be allowed to see it at all. */
import type { ComponentType } from 'react';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import type { ActionType } from '#domain/kernel/action.ts';
import { allowed } from '#domain/kernel/permission.ts';
import { recordActions } from '#domain/modules.ts';
import { Audit } from '../audit/audit.tsx';
import { Charts } from '../charts/charts.tsx';
import { Devices } from '../devices/devices.tsx';
import { Incidents } from '../incidents/incidents.tsx';
import { Keys } from '../keys/keys.tsx';
import { Organisation } from '../organisation/organisation.tsx';
import { People } from '../people/people.tsx';
import { Permissions } from '../permissions/permissions.tsx';
import { Policy } from '../policy/policy.tsx';
import { MySecurity } from '../security/my-security.tsx';
import { SecurityEvents } from '../security-events/security-events.tsx';
import { Setup } from '../setup/setup.tsx';
import type { Me } from '../sign-in/session.ts';
import { Sso } from '../sso/sso.tsx';
import { Status } from '../status/status.tsx';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** After `g`. */
  readonly letter: string;
  /** Who has no role for it does not see it; what else stands in the way is said on it. */
  readonly needs: ActionType;
  readonly screen: ComponentType;
}

function reading(kind: string): ActionType {
  const actions = recordActions(kind);
  if (!actions) throw new Error(`${kind} is not declared`);
  return actions.read;
}

const SECTIONS: readonly Section[] = [
  {
    id: 'setup',
    title: 'Set up a PSAP',
    group: 'Center',
    letter: 's',
    needs: IDENTITY_ACTIONS['devices.code'],
    screen: Setup,
  },
  {
    id: 'people',
    title: 'People',
    group: 'Center',
    letter: 'p',
    needs: IDENTITY_ACTIONS['people.read'],
    screen: People,
  },
  {
    id: 'devices',
    title: 'Workstations',
    group: 'Center',
    letter: 'd',
    needs: IDENTITY_ACTIONS['devices.read'],
    screen: Devices,
  },
  {
    id: 'charts',
    title: 'Charts',
    group: 'Records',
    letter: 'h',
    // Whoever claims charts or gives them reads them, too.
    needs: reading('chart'),
    screen: Charts,
  },
  {
    id: 'incidents',
    title: 'Incidents',
    group: 'Records',
    letter: 'n',
    needs: reading('incident'),
    screen: Incidents,
  },
  {
    id: 'organisation',
    title: 'Organisation',
    group: 'Organisation',
    letter: 'o',
    needs: IDENTITY_ACTIONS['organisation.read'],
    screen: Organisation,
  },
  {
    id: 'permissions',
    title: 'Who may do what',
    group: 'Organisation',
    letter: 'w',
    needs: IDENTITY_ACTIONS['permissions.read'],
    screen: Permissions,
  },
  {
    id: 'policy',
    title: 'Security policy',
    group: 'Organisation',
    letter: 'y',
    needs: IDENTITY_ACTIONS['policy.read'],
    screen: Policy,
  },
  {
    id: 'sso',
    title: 'Single sign-on',
    group: 'Organisation',
    letter: 'i',
    needs: IDENTITY_ACTIONS['sso.read'],
    screen: Sso,
  },
  {
    id: 'events',
    title: 'Security events',
    group: 'Proof',
    letter: 'e',
    needs: IDENTITY_ACTIONS['security.read'],
    screen: SecurityEvents,
  },
  {
    id: 'status',
    title: 'The center',
    group: 'Proof',
    letter: 'c',
    needs: IDENTITY_ACTIONS['status.read'],
    screen: Status,
  },
  {
    id: 'audit',
    title: 'Audit',
    group: 'Proof',
    letter: 'a',
    needs: IDENTITY_ACTIONS['audit.read'],
    screen: Audit,
  },
  {
    id: 'keys',
    title: 'Keys',
    group: 'Proof',
    letter: 'k',
    needs: IDENTITY_ACTIONS['keys.read'],
    screen: Keys,
  },
  {
    id: 'me',
    title: 'My security',
    group: 'Yourself',
    letter: 'm',
    needs: IDENTITY_ACTIONS['me.security.read'],
    screen: MySecurity,
  },
];

/** One's own security, which is open to everyone who is signed in. */
export const OWN_SECURITY = 'me';

/** Whoever still owes a second factor is let into nothing but their own security, by the center too. */
export function sectionsFor(me: Me): readonly Section[] {
  const open = SECTIONS.filter(({ needs }) => allowed(me.roles, needs.may));
  return me.secondFactor === 'missing' ? open.filter(({ id }) => id === OWN_SECURITY) : open;
}
