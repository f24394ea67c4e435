import type { Module } from '../kernel/module.ts';
import { IDENTITY_ACTIONS } from './actions.ts';

/** People, workstations, sessions, and what each may do. */
export const IDENTITY: Module = {
  name: 'identity',
  title: 'Identity',
  needs: [],
  essential: true,
  entities: [],
  facts: [],
  actions: Object.values(IDENTITY_ACTIONS),
};
