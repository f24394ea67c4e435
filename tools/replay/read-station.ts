/** What a station shows of a day, read through its bridge as a window would, and what else its store holds. */
import type { AssignmentRow, IncidentRow, TopicState } from '../../domain/bridge/topics.ts';
import type { TimeElement } from '../../domain/cad/status.ts';
import { shownValue } from '../../domain/kernel/fold.ts';
import { idOf, partsOfAssignment } from '../../domain/kernel/ids.ts';
import type { BridgeClient } from '../bridge/client.ts';
import { storeOfStation } from '../torture/held-by.ts';
import type { HeldRow } from './held.ts';
import type { HeldAssignment, HeldIncident, Holding } from './strays.ts';

function timesOf(row: AssignmentRow): HeldRow['times'] {
  return Object.fromEntries(
    Object.entries(row.times).map(([element, time]) => [element as TimeElement, time?.at ?? null]),
  );
}

function rowsOf(state: TopicState): readonly HeldRow[] {
  const incident = Object.values(state.incident ?? {})[0] as unknown as IncidentRow | undefined;
  if (!incident) return [];
  return (Object.values(state.assignments ?? {}) as unknown as AssignmentRow[]).map((row) => ({
    call: incident.references.call ?? '',
    unit: row.callsign,
    nth: partsOfAssignment(`assignment:${row.id}`)?.ordinal ?? 0,
    answeredAt: incident.answeredAt,
    enteredAt: incident.enteredAt,
    times: timesOf(row),
    type: incident.nature?.text ?? '',
    disposition: incident.disposition ?? '',
    address: incident.location?.text ?? '',
    city: incident.location?.city ?? '',
    station: incident.location?.zone ?? '',
    alarms: incident.alarm,
    priority: incident.priority ?? '',
    coordinates: incident.location?.coordinates ?? null,
    references: incident.references,
  }));
}

/** The rows of these incidents, each watched for a moment. */
export async function readStation(
  bridge: BridgeClient,
  incidents: readonly HeldIncident[],
): Promise<readonly HeldRow[]> {
  const rows: HeldRow[] = [];
  for (const { id } of incidents) {
    const watched = await bridge.watch(`incident:${id}`);
    rows.push(...rowsOf(watched.state()));
    watched.stop();
  }
  return rows;
}

/** Every incident and assignment in the store of a station that was ended, also what no board shows any more. Writes nothing. */
export async function heldInStore(folder: string): Promise<Omit<Holding, 'runs'>> {
  const store = await storeOfStation(folder);
  try {
    const incidents = Array.from(store.entities('incident'), (folded): HeldIncident => {
      const call = shownValue(folded, 'ref:call');
      return { id: idOf(folded.ref), call: typeof call === 'string' ? call : '' };
    });
    const assignments = store.refs('assignment').flatMap((ref): HeldAssignment[] => {
      const parts = partsOfAssignment(ref);
      if (!parts) return [];
      const unit = store.record('roster_unit', idOf(parts.unit))?.body?.callsign;
      return [
        { id: idOf(ref), incident: idOf(parts.incident), unit: typeof unit === 'string' ? unit : idOf(parts.unit) },
      ];
    });
    return { incidents, assignments };
  } finally {
    store.abandon();
  }
}
