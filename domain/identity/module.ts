import { derivedRecord } from '../kernel/derived-record.ts';
import type { Module } from '../kernel/module.ts';
import { AUDITING } from '../kernel/permission.ts';
import { RoleRestrictionSchema } from '../kernel/restriction.ts';
import { IDENTITY_ACTIONS } from './actions.ts';

/** People, workstations, sessions, and what each may do. */
export const IDENTITY: Module = {
  name: 'identity',
  title: 'Identity',
  needs: [],
  essential: true,
  entities: [
    derivedRecord(
      'role_restriction',
      'What is taken away from a role',
      'identity.role_restriction',
      RoleRestrictionSchema,
      { classification: 'OPS', read: AUDITING, reach: 'site' },
    ),
  ],
  facts: [],
  actions: Object.values(IDENTITY_ACTIONS),
};
