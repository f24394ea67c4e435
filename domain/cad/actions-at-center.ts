/** What people ask of the center about dispatch. What they do at a console are facts (`facts.ts`). */
import { actionsOf } from '../kernel/action.ts';
import { ADMINISTERING, AUDITING, DISPATCHING, EVERYONE } from '../kernel/permission.ts';

export const CAD_ACTIONS = actionsOf('cad', {
  'sites.read': { title: 'See the sites', purpose: 'account', may: EVERYONE, reach: 'site' },
  // It invites somebody, and so is as sensitive as that.
  'sites.create': {
    title: 'Set up a site',
    purpose: 'write',
    may: ADMINISTERING,
    reach: 'organisation',
    stepUp: true,
  },
  'handoff.derive': {
    title: 'Have the records of a run derived again',
    purpose: 'dispatch',
    may: DISPATCHING,
    reach: 'site',
  },
  // Holds and erasures are duties that the law lays on whoever keeps the records: no state of an organisation withholds them.
  'holds.read': {
    title: 'See the legal holds that stand',
    purpose: 'account',
    may: AUDITING,
    reach: 'site',
  },
  'holds.place': {
    title: 'Place a legal hold on an incident',
    purpose: 'account',
    may: ADMINISTERING,
    reach: 'site',
  },
  'holds.release': {
    title: 'Release a legal hold',
    purpose: 'account',
    may: ADMINISTERING,
    reach: 'site',
    stepUp: true,
  },
  'incidents.erase': {
    title: 'Erase what an incident says of people, for good',
    purpose: 'account',
    may: ADMINISTERING,
    reach: 'site',
    stepUp: true,
  },
  'retention.read': {
    title: 'See for how long incidents are kept',
    purpose: 'account',
    may: AUDITING,
    reach: 'organisation',
  },
  'retention.change': {
    title: 'Set for how long incidents are kept',
    purpose: 'account',
    may: ADMINISTERING,
    reach: 'organisation',
    stepUp: true,
  },
  'rows.verify': {
    title: 'Fold every entity anew and compare',
    purpose: 'read',
    may: ADMINISTERING,
    reach: 'organisation',
  },
});
