/** What people ask of the center about dispatch. What they do at a console are facts (`facts.ts`). */
import { actionsOf } from '../kernel/action.ts';
import { ADMINISTERING, DISPATCHING, EVERYONE } from '../kernel/permission.ts';

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
  'rows.verify': {
    title: 'Fold every entity anew and compare',
    purpose: 'read',
    may: ADMINISTERING,
    reach: 'organisation',
  },
});
