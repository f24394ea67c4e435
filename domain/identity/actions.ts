/** What people ask of the center about who may do what. */
import { actionsOf } from '../kernel/action.ts';
import { ADMINISTERING, AUDITING, EVERYONE, SUPERVISING } from '../kernel/permission.ts';

const OVERSEEING = ['supervisor', ...AUDITING] as const;

export const IDENTITY_ACTIONS = actionsOf('identity', {
  'people.read': { title: 'See the people and their sessions', purpose: 'account', may: OVERSEEING, reach: 'site' },
  'people.invite': {
    title: 'Invite somebody',
    purpose: 'write',
    may: ADMINISTERING,
    reach: 'site',
    stepUp: true,
  },
  'people.change': {
    title: 'Change a person, or take their rights away',
    purpose: 'account',
    may: ADMINISTERING,
    reach: 'site',
    stepUp: true,
  },
  'people.reset_password': {
    title: 'Let somebody set a new password',
    purpose: 'dispatch',
    may: ADMINISTERING,
    reach: 'site',
    stepUp: true,
  },
  'people.unlock': {
    title: 'Lift a pause after wrong passwords',
    purpose: 'dispatch',
    may: SUPERVISING,
    reach: 'site',
  },
  'people.sign_out': {
    title: 'End somebody’s sessions',
    purpose: 'account',
    may: ADMINISTERING,
    reach: 'site',
  },
  'me.read': { title: 'See one’s own account and sessions', purpose: 'account', may: EVERYONE, reach: 'own' },
  'me.secure': {
    title: 'Change one’s own password, end one’s own sessions',
    purpose: 'account',
    may: EVERYONE,
    reach: 'own',
  },
  'me.session': { title: 'See who one is signed in as', purpose: 'account', may: EVERYONE, reach: 'own' },
  'me.security.read': {
    title: 'See one’s own second factors',
    purpose: 'account',
    may: EVERYONE,
    reach: 'own',
  },
  'me.security.change': {
    title: 'Change one’s own second factors',
    purpose: 'account',
    may: EVERYONE,
    reach: 'own',
    stepUp: true,
  },
  'me.prove': { title: 'Confirm who one is', purpose: 'account', may: EVERYONE, reach: 'own' },
  'people.reset_second_factor': {
    title: 'Take a person’s second factors away, so that they set up new ones',
    purpose: 'account',
    may: ADMINISTERING,
    reach: 'site',
    stepUp: true,
  },
  'sso.read': { title: 'See how single sign-on is set up', purpose: 'account', may: AUDITING, reach: 'organisation' },
  'sso.change': {
    title: 'Set up single sign-on',
    purpose: 'write',
    may: ADMINISTERING,
    reach: 'organisation',
    stepUp: true,
  },
  'devices.read': { title: 'See the workstations', purpose: 'account', may: OVERSEEING, reach: 'site' },
  'devices.code': {
    title: 'Make a code that enrols a workstation',
    purpose: 'dispatch',
    may: ADMINISTERING,
    reach: 'site',
  },
  'devices.revoke': { title: 'Revoke a workstation', purpose: 'account', may: ADMINISTERING, reach: 'site' },
  'organisation.read': {
    title: 'See the organisation and its state',
    purpose: 'account',
    may: EVERYONE,
    reach: 'site',
  },
  'policy.read': { title: 'See the security policy', purpose: 'account', may: OVERSEEING, reach: 'site' },
  'policy.change': {
    title: 'Change the security policy',
    purpose: 'account',
    may: ADMINISTERING,
    reach: 'organisation',
    stepUp: true,
  },
  'modules.switch': {
    title: 'Switch a module on or off',
    purpose: 'write',
    may: ADMINISTERING,
    reach: 'organisation',
    stepUp: true,
  },
  'permissions.read': { title: 'See who may do what, and why', purpose: 'account', may: OVERSEEING, reach: 'site' },
  'audit.read': { title: 'Look into the audit', purpose: 'account', may: AUDITING, reach: 'organisation' },
  'audit.export': {
    title: 'Take the audit out',
    purpose: 'export',
    may: AUDITING,
    reach: 'organisation',
    stepUp: true,
  },
  'audit.verify': { title: 'Verify the audit', purpose: 'account', may: AUDITING, reach: 'site' },
});
