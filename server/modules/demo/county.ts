/** The demo county as its file says it, checked, and as the records of a site. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import {
  AgencySchema,
  DispositionSchema,
  DistrictSchema,
  FacilitySchema,
  NatureSchema,
  PositionSchema,
  RosterUnitSchema,
  SiteSchema,
} from '#domain/cad/roster.ts';
import { DEFAULT_STATUSES } from '#domain/cad/status.ts';
import type { Json } from '#domain/kernel/json.ts';
import { RoleSchema } from '#domain/kernel/permission.ts';
import { type FirstRecord, firstRecordId } from '../sites/create.ts';

const FILE = new URL('../../../resources/demo/harbor-county.json', import.meta.url);
const Key = z.string().min(1).max(40);

const CountySchema = z.strictObject({
  organisation: z.strictObject({ name: z.string(), short: z.string() }),
  site: SiteSchema,
  agencies: z.array(AgencySchema.extend({ key: Key })),
  facilities: z.array(FacilitySchema.extend({ key: Key })),
  districts: z.array(DistrictSchema.extend({ key: Key })),
  /** Agency and home by their keys in this file. */
  units: z.array(RosterUnitSchema.omit({ active: true }).extend({ key: Key, agency: Key, home: Key })),
  natures: z.array(NatureSchema),
  dispositions: z.array(DispositionSchema),
  positions: z.array(PositionSchema),
  people: z.array(z.strictObject({ user: z.string(), name: z.string(), roles: z.array(RoleSchema) })),
});
export type County = z.infer<typeof CountySchema>;

export async function readCounty(): Promise<County> {
  return CountySchema.parse(JSON.parse(await readFile(FILE, 'utf8')));
}

/** Every record of the demo site. */
export function recordsOf(county: County, site: string): readonly FirstRecord[] {
  const keyed = (kind: FirstRecord['kind'], rows: readonly { readonly key: string }[]): FirstRecord[] =>
    rows.map(({ key, ...body }) => ({ kind, key, body: body as { [field: string]: Json } }));
  return [
    { kind: 'site', key: 'site', body: county.site as unknown as { [field: string]: Json } },
    { kind: 'status_set', key: 'default', body: { agency: null, statuses: DEFAULT_STATUSES as unknown as Json } },
    ...keyed('agency', county.agencies),
    ...keyed('facility', county.facilities),
    ...keyed('district', county.districts),
    ...keyed(
      'roster_unit',
      county.units.map((unit) => ({
        ...unit,
        agency: firstRecordId(site, 'agency', unit.agency),
        home: firstRecordId(site, 'facility', unit.home),
        active: true,
      })),
    ),
    ...keyed(
      'nature',
      county.natures.map((nature) => ({ key: nature.code, ...nature })),
    ),
    ...keyed(
      'disposition',
      county.dispositions.map((disposition) => ({ key: disposition.code, ...disposition })),
    ),
    ...keyed(
      'position',
      county.positions.map((position) => ({ key: position.name, ...position })),
    ),
  ];
}
