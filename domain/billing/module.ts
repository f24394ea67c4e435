import { HANDOFF_SCHEMAS } from '../cad/handoff.ts';
import { derivedRecord } from '../kernel/derived-record.ts';
import type { Module } from '../kernel/module.ts';
import { BILLING as BILLERS } from '../kernel/permission.ts';

/** Billing of transports: a trip for each transported patient, which waits for its chart. */
export const BILLING: Module = {
  name: 'billing',
  title: 'Billing',
  needs: ['epcr'],
  essential: false,
  entities: [
    derivedRecord('trip', 'Billable trip', 'billing.trip', HANDOFF_SCHEMAS.trip, {
      classification: 'BILLING_SENSITIVE',
      read: BILLERS,
      reach: 'agency',
    }),
  ],
  facts: [],
  actions: [],
};
