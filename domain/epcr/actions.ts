/** What people ask of the center about patient charts. */
import { actionsOf } from '../kernel/action.ts';
import { CREW, LEADING_CREWS } from '../kernel/permission.ts';

export const EPCR_ACTIONS = actionsOf('epcr', {
  'chart.claim': {
    title: 'Take a chart that nobody has as one’s own',
    purpose: 'write',
    may: CREW,
    reach: 'agency',
  },
  'chart.assign': {
    title: 'Give a chart to somebody else, or release it',
    purpose: 'write',
    may: LEADING_CREWS,
    reach: 'agency',
  },
});
