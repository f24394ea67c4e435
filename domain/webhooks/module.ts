import { actionsOf } from '../kernel/action.ts';
import type { Module } from '../kernel/module.ts';
import { ADMINISTERING, AUDITING } from '../kernel/permission.ts';

export const WEBHOOK_ACTIONS = actionsOf('webhooks', {
  'webhooks.read': {
    title: 'See the webhooks and what they received',
    purpose: 'read',
    may: AUDITING,
    reach: 'organisation',
  },
  'webhooks.change': {
    title: 'Add a webhook, change its keys, retire it',
    purpose: 'write',
    may: ADMINISTERING,
    reach: 'organisation',
    stepUp: true,
  },
});

/** What other services tell the organisation: calls and messages, letters, payments, mail. */
export const WEBHOOKS: Module = {
  name: 'webhooks',
  title: 'Webhooks',
  needs: [],
  essential: false,
  entities: [],
  facts: [],
  actions: Object.values(WEBHOOK_ACTIONS),
};
