/** What a status code means here: the agency's own set, else the site's, else the default one. */
import { useMemo } from 'react';
import type { UnitRow } from '#domain/bridge/topics.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { DEFAULT_STATUSES, type StatusCode } from '#domain/cad/status.ts';
import { CONFLICT_CODE } from '#domain/cad/views/status-set.ts';
import { type RosterRow, useOfUnits, useRoster } from '../../app/connection/use-station.ts';
import { usePreferences } from '../../app/theme/preferences.ts';

type Set = RosterBody<'status_set'>;

function statusesOf(sets: readonly RosterRow<Set>[], agency: string | null): readonly StatusCode[] {
  const own = sets.find((set) => set.body.agency !== null && set.body.agency === agency);
  const shared = sets.find((set) => set.body.agency === null);
  return (own ?? shared)?.body.statuses.toSorted((a, b) => a.order - b.order) ?? DEFAULT_STATUSES;
}

type Agencies = { readonly [unit: string]: string };
let last: Agencies = {};

/** The agency of each unit; the very same while no unit's is another, whatever else the units do. */
function agenciesOf(units: { readonly [id: string]: UnitRow }): Agencies {
  const rows = Object.values(units);
  const same = rows.length === Object.keys(last).length && rows.every(({ id, agency }) => last[id] === agency);
  if (!same) last = Object.fromEntries(rows.map(({ id, agency }) => [id, agency]));
  return last;
}

const UNSETTLED = { colour: '#7d8994', label: 'conflict to settle' };
const UNKNOWN = { colour: '#7d8994', label: 'not in the status set of its agency' };

export interface Statuses {
  readonly forAgency: (agency: string) => readonly StatusCode[];
  /** How a unit's code is shown. */
  readonly look: (unit: string, code: string) => { readonly colour: string; readonly label: string };
  /** Seconds until amber and red. */
  readonly limits: (unit: string, code: string) => readonly [number | null, number | null] | null;
}

export function useStatuses(): Statuses {
  const sets = useRoster<Set>('status_set');
  const agencies = useRoster<RosterBody<'agency'>>('agency');
  const agencyOf = useOfUnits(agenciesOf);
  const { palette } = usePreferences();
  return useMemo(() => {
    const list = Object.values(sets);
    // Rows name an agency by its short name.
    const ids = new Map(Object.values(agencies).map((agency) => [agency.body.short, agency.id]));
    const forAgency = (agency: string) => statusesOf(list, ids.get(agency) ?? null);
    const find = (unit: string, code: string) => forAgency(agencyOf[unit] ?? '').find((status) => status.code === code);
    return {
      forAgency,
      look: (unit, code) => {
        if (code === CONFLICT_CODE) return UNSETTLED;
        const status = find(unit, code);
        return status
          ? { colour: palette === 'day' ? status.dayColour : status.nightColour, label: status.label }
          : UNKNOWN;
      },
      limits: (unit, code) => {
        const status = find(unit, code);
        if (!status) return null;
        const seconds = (minutes: number | null) => (minutes === null ? null : minutes * 60);
        return [seconds(status.amberAfter), seconds(status.redAfter)];
      },
    };
  }, [sets, agencies, agencyOf, palette]);
}
