import { z } from 'zod';
import { derivedRecord } from '../kernel/derived-record.ts';
import type { EntityType, Module } from '../kernel/module.ts';
import { ADMINISTERING, READING_OPERATIONS, READING_PATIENTS, type Role } from '../kernel/permission.ts';
import { CAD_ACTIONS } from './actions-at-center.ts';
import { CAD_FACTS } from './facts.ts';
import { HANDOFF_SCHEMAS } from './handoff.ts';
import { ROSTER_SCHEMAS } from './roster.ts';

const YEAR = 365;
/** An incident is kept for at least as long (42 CFR 424.516(f): what stands behind a claim, seven years). */
export const INCIDENTS_KEPT_YEARS = 7;
const CENTER_ONLY: readonly Role[] = [];

const factEntity = (
  kind: string,
  title: string,
  table: string,
  encrypt: readonly string[],
  homeOf?: string,
): EntityType => ({
  kind,
  title,
  source: 'facts',
  table,
  body: z.looseObject({}),
  classification: encrypt.length > 0 ? 'PHI' : 'OPS',
  encrypt,
  stationHeld: true,
  ...(homeOf === undefined ? {} : { homeOf }),
  retentionDays: INCIDENTS_KEPT_YEARS * YEAR,
  read: encrypt.length > 0 ? READING_PATIENTS : READING_OPERATIONS,
  write: CENTER_ONLY,
  own: [],
  reach: 'site',
});

const record = (kind: string, title: string, table: string, body: z.ZodType, write: readonly Role[]): EntityType => ({
  kind,
  title,
  source: 'record',
  table,
  body,
  classification: 'OPS',
  encrypt: [],
  stationHeld: true,
  retentionDays: INCIDENTS_KEPT_YEARS * YEAR,
  read: READING_OPERATIONS,
  write,
  own: [],
  reach: 'site',
});

/** Computer-aided dispatch: incidents, units and their assignments, and the roster they are made of. */
export const CAD: Module = {
  name: 'cad',
  title: 'Dispatch',
  needs: [],
  essential: true,
  facts: CAD_FACTS,
  actions: Object.values(CAD_ACTIONS),
  entities: [
    factEntity('incident', 'Incident', 'cad.incident', ['location', 'caller', 'callback', 'patient', 'notes']),
    factEntity('unit', 'Unit', 'cad.unit', [], 'roster_unit'),
    factEntity('assignment', 'Assignment', 'cad.assignment', []),
    record('site', 'Site', 'cad.site_profile', ROSTER_SCHEMAS.site, ADMINISTERING),
    record('agency', 'Agency', 'cad.agency', ROSTER_SCHEMAS.agency, ADMINISTERING),
    record('facility', 'Station, post or hospital', 'cad.facility', ROSTER_SCHEMAS.facility, ADMINISTERING),
    record('district', 'District', 'cad.district', ROSTER_SCHEMAS.district, ADMINISTERING),
    record('roster_unit', 'Unit of the roster', 'cad.roster_unit', ROSTER_SCHEMAS.roster_unit, ADMINISTERING),
    record('nature', 'Nature', 'cad.nature', ROSTER_SCHEMAS.nature, ADMINISTERING),
    record('disposition', 'Disposition', 'cad.disposition', ROSTER_SCHEMAS.disposition, ADMINISTERING),
    record('status_set', 'Unit statuses', 'cad.status_set', ROSTER_SCHEMAS.status_set, ADMINISTERING),
    record('position', 'Position', 'cad.position', ROSTER_SCHEMAS.position, ADMINISTERING),
    record('person', 'Person', 'cad.person', ROSTER_SCHEMAS.person, CENTER_ONLY),
    derivedRecord('run', 'Run record', 'cad.run', HANDOFF_SCHEMAS.run, {
      classification: 'OPS',
      read: READING_OPERATIONS,
      reach: 'agency',
    }),
  ],
};
