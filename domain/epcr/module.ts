import { HANDOFF_SCHEMAS } from '../cad/handoff.ts';
import { derivedRecord } from '../kernel/derived-record.ts';
import type { Module } from '../kernel/module.ts';
import { CLINICAL, CREW } from '../kernel/permission.ts';
import { EPCR_ACTIONS } from './actions.ts';

/** Electronic patient care reports: a chart for each patient of a run. */
export const EPCR: Module = {
  name: 'epcr',
  title: 'Patient charts',
  needs: ['cad'],
  essential: false,
  entities: [
    derivedRecord('chart', 'Patient chart', 'epcr.chart', HANDOFF_SCHEMAS.chart, {
      classification: 'PHI',
      read: CLINICAL,
      reach: 'agency',
      own: CREW,
    }),
  ],
  facts: [],
  actions: Object.values(EPCR_ACTIONS),
};
