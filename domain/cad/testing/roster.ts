/** A small roster for tests: four units, two hospitals, a nature of each kind. */
import type { RecordsOf } from './memory-world.ts';

const unit = (callsign: string, kind: string, agency: string | null = null) => ({
  callsign,
  kind,
  agency,
  home: null,
  capabilities: [],
  active: true,
});
const hospital = (name: string, short: string) => ({ name, short, kind: 'hospital' as const });

export const TEST_ROSTER: RecordsOf = {
  site: {
    s: {
      name: 'Test',
      timeZone: 'America/Los_Angeles',
      waiting: { 1: [10, 20], 2: [20, 40], 3: [60, 90], 4: [90, 120] },
    },
  },
  agency: {
    hcems: { name: 'Harbor County EMS', short: 'HCEMS', discipline: 'ems' },
    hcfd: { name: 'Harbor County Fire Department', short: 'HCFD', discipline: 'fire' },
  },
  roster_unit: {
    m36: unit('M36', 'ambulance', 'hcems'),
    m14: unit('M14', 'ambulance'),
    e06: unit('E06', 'engine', 'hcfd'),
    t01: unit('T01', 'truck'),
  },
  facility: {
    mercy: hospital('Mercy General', 'MERCY'),
    mercyw: hospital('Mercy West', 'MERCYW'),
    gen: hospital('General', 'GEN'),
    p7: { name: 'Post 7, Oak and 3rd', short: 'P7', kind: 'post' },
  },
  nature: {
    n1: { code: 'CHEST', text: 'Chest pain', priority: '1', needs: 'ALS' },
    n2: { code: 'FALL', text: 'Fall', priority: '3' },
  },
  disposition: {
    d1: { code: 'TRANS', text: 'Transported' },
    d2: { code: 'NOPT', text: 'No patient found' },
  },
};
