import { HANDOFF_SCHEMAS } from '../cad/handoff.ts';
import { derivedRecord } from '../kernel/derived-record.ts';
import type { Module } from '../kernel/module.ts';
import { READING_PATIENTS } from '../kernel/permission.ts';

/** Stored documents, encrypted under the keys of what they are about. */
export const DOCUMENTS: Module = {
  name: 'documents',
  title: 'Documents',
  needs: ['cad'],
  essential: false,
  entities: [
    derivedRecord('report', 'Incident report', 'documents.report', HANDOFF_SCHEMAS.report, {
      classification: 'PHI',
      read: READING_PATIENTS,
      reach: 'site',
    }),
  ],
  facts: [],
  actions: [],
};
