/** The states of an organisation, and what each lets its people do. Dispatching goes on in every one of them. */
import { z } from 'zod';

const STATES = ['ACTIVE', 'PAST_DUE', 'READ_ONLY', 'SUSPENDED', 'TERMINATED'] as const;
export const OrganisationStateSchema = z.enum(STATES);
export type OrganisationState = z.infer<typeof OrganisationStateSchema>;

/**
 * What an action is for, as a state sees it:
 *  dispatch  what the floor needs to go on: facts, sync, sign-in at a console, a workstation in place of a broken one
 *  account   one's own security, taking a right away, seeing what the organisation is: never withheld
 *  read      reading records at the center
 *  write     changing records and settings at the center
 *  export    taking the audit out
 */
const PURPOSES = ['dispatch', 'account', 'read', 'write', 'export'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** The written table. `docs/operator/organisations.md` shows it; a test holds the two to each other. */
export const STATE_ALLOWS: { readonly [S in OrganisationState]: readonly Purpose[] } = {
  ACTIVE: PURPOSES,
  PAST_DUE: PURPOSES,
  READ_ONLY: ['dispatch', 'account', 'read', 'export'],
  SUSPENDED: ['dispatch', 'account', 'export'],
  TERMINATED: ['dispatch', 'account', 'export'],
};

/** To which states each may be moved. A termination may be taken back while the organisation's key is there. */
export const STATE_MOVES: { readonly [S in OrganisationState]: readonly OrganisationState[] } = {
  ACTIVE: ['PAST_DUE', 'READ_ONLY', 'SUSPENDED', 'TERMINATED'],
  PAST_DUE: ['ACTIVE', 'READ_ONLY', 'SUSPENDED', 'TERMINATED'],
  READ_ONLY: ['ACTIVE', 'PAST_DUE', 'SUSPENDED', 'TERMINATED'],
  SUSPENDED: ['ACTIVE', 'PAST_DUE', 'READ_ONLY', 'TERMINATED'],
  TERMINATED: ['ACTIVE', 'SUSPENDED'],
};

/** Why a state withholds an action, in words for whoever asked. */
export const STATE_WORDS: { readonly [S in OrganisationState]: string } = {
  ACTIVE: 'Your organisation is active.',
  PAST_DUE: 'A payment of your organisation is overdue; everything goes on.',
  READ_ONLY:
    'Your organisation is read-only: dispatching goes on, records can be read and the audit taken out, nothing changed here.',
  SUSPENDED:
    'Your organisation is suspended: dispatching goes on, its audit can be taken out, nothing else is open here.',
  TERMINATED: 'Your organisation’s contract has ended: its audit can be taken out until its keys are destroyed.',
};
