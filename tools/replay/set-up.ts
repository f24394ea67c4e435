/** Gives a site the units, stations, districts, natures and dispositions that a day needs, by the calls of the Setup screen. */

import type { CallInput } from '../../domain/bridge/calls.ts';
import type { RosterBody, RosterKind } from '../../domain/cad/roster.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { BridgeClient } from '../bridge/client.ts';
import type { SiteRoster } from './roster.ts';

interface RosterRow {
  readonly id: string;
  readonly version: number;
  readonly body: { readonly [field: string]: Json } | null;
}

/** What the site's records are named by, per kind: `roster_unit` → callsign → id. */
export interface SiteNames {
  readonly unit: ReadonlyMap<string, string>;
}

type NewRecord = { readonly [K in RosterKind]: { readonly kind: K; readonly body: RosterBody<K> } }[RosterKind];

type NewBody = CallInput<'roster.put'>['records'][number]['body'];

const NAME_OF: { readonly [kind: string]: string } = {
  roster_unit: 'callsign',
  facility: 'short',
  district: 'short',
  nature: 'code',
  disposition: 'code',
};

/** What a site needs for its roster, as the Setup screen would make it. */
export function recordsOf(roster: SiteRoster): readonly NewRecord[] {
  return [
    ...roster.stations.map(
      (station): NewRecord => ({
        kind: 'facility',
        body: { name: `Station ${station}`, short: `S${station}`, kind: 'station' },
      }),
    ),
    ...roster.districts.map(
      (district): NewRecord => ({ kind: 'district', body: { name: district, short: district, kind: 'battalion' } }),
    ),
    ...roster.natures.map((nature): NewRecord => ({ kind: 'nature', body: nature })),
    ...roster.dispositions.map((disposition): NewRecord => ({ kind: 'disposition', body: disposition })),
    ...roster.units.map(
      (unit): NewRecord => ({
        kind: 'roster_unit',
        body: {
          callsign: unit.callsign,
          kind: unit.kind,
          agency: null,
          home: null,
          capabilities: unit.als ? ['ALS'] : ['BLS'],
          active: true,
        },
      }),
    ),
  ];
}

/** Creates what is missing, waits for the center's answer and for the records to arrive. Refused records end the replay. */
export async function setUpSite(bridge: BridgeClient, roster: SiteRoster): Promise<SiteNames> {
  const watched = await bridge.watch('roster');
  const rowsOf = (kind: string): RosterRow[] => Object.values(watched.state()[kind] ?? {}) as unknown as RosterRow[];
  const known = (kind: string): Map<string, string> => {
    const name = NAME_OF[kind] ?? 'name';
    return new Map(rowsOf(kind).flatMap((row) => (row.body ? [[String(row.body[name]), row.id] as const] : [])));
  };
  const missing = recordsOf(roster).filter(
    (record) =>
      !known(record.kind).has(String((record.body as { [field: string]: Json })[NAME_OF[record.kind] ?? 'name'])),
  );
  for (let i = 0; i < missing.length; i += 500) {
    const records = missing.slice(i, i + 500).map(({ kind, body }) => ({ kind, version: 0, body: body as NewBody }));
    const { request } = await bridge.call('roster.put', { records });
    const answer = await bridge.call('request.await', { request, waitMs: 30_000 });
    if (answer.state !== 'accepted') {
      const why = answer.decision?.rules.map((rule) => rule.reason).join(' ') ?? 'the center did not answer in 30 s';
      throw new Error(`The center did not take the site's roster: ${why}`);
    }
  }
  await watched.until(
    () => roster.units.every((unit) => known('roster_unit').has(unit.callsign)),
    30_000,
    'the roster to come back from the center',
  );
  const unit = known('roster_unit');
  watched.stop();
  return { unit };
}
