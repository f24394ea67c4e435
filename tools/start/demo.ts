import { readCounty } from '../../server/modules/demo/county.ts';
import { DEMO_ADMIN, DEMO_ORG, DEMO_PASSWORD, DEMO_USER } from '../../server/modules/demo/sign-in.ts';
import type { Administrator } from './enrolment.ts';

/** The demo's administrator, who enrols the workstations of a demo. */
export const DEMO_ADMINISTRATOR: Administrator = { user: `${DEMO_ADMIN}@${DEMO_ORG}`, password: DEMO_PASSWORD };

/** The name of the demo's own site; a replay makes others beside it. */
export async function demoSite(): Promise<string> {
  return (await readCounty()).site.name;
}

/** Who the ready line names. */
export const DEMO_SIGN_IN = { user: DEMO_USER, password: DEMO_PASSWORD } as const;
