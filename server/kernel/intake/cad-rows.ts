/** The relational rows of dispatch, from folded state. Pure: the same fold always gives the same row. */

import type { Location, NatureValue } from '#domain/cad/facts.ts';
import { ON_INCIDENT, type StandardStatus, TIME_ELEMENTS, type TimeElement } from '#domain/cad/status.ts';
import { timeOf, timesOf } from '#domain/cad/views/times.ts';
import { type Folded, inConflict, shownValue } from '#domain/kernel/fold.ts';
import { hlcParse } from '#domain/kernel/hlc.ts';
import { type EntityRef, idOf, kindOf, partsOfAssignment } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import { storable } from '../db/storable.ts';

type Row = { readonly [column: string]: Json | undefined };

/** A row in clear, and the PHI beside it that is sealed before it is written. */
export interface ProjectedRow {
  readonly clear: Row;
  readonly sealed: { readonly [column: string]: Json | undefined };
}

const METRES_PER_DEGREE = 111_320;
const CELL = 100;

/** The 100 m cell of a WGS 84 point, `row:column`: rows of equal latitude, columns as wide as the row's middle makes them. */
function gridCell([longitude, latitude]: readonly [number, number]): string {
  const row = Math.floor((latitude * METRES_PER_DEGREE) / CELL);
  const middle = ((row + 0.5) * CELL) / METRES_PER_DEGREE;
  const width = METRES_PER_DEGREE * Math.max(Math.cos((middle * Math.PI) / 180), 1e-6);
  return `${row}:${Math.floor((longitude * width) / CELL)}`;
}

/** Whether an entity is still being worked, and comes to an end: what a new station gets as facts, from the first on. */
export function isOpen(state: Folded): boolean {
  const kind = kindOf(state.ref);
  if (kind === 'incident') return shownValue(state, 'life') !== 'closed';
  if (kind === 'assignment') return ON_INCIDENT.includes(statusOf(state)?.standard as StandardStatus);
  return false;
}

interface Status {
  readonly code: string;
  readonly standard: string;
}

function statusOf(state: Folded): Status | undefined {
  return shownValue(state, 'status') as unknown as Status | undefined;
}

function bodyOf(state: Folded, leave: readonly string[]): Json {
  const values: { [register: string]: Json } = {};
  const conflicts: string[] = [];
  for (const register of Object.keys(state.registers)) {
    if (inConflict(state, register)) conflicts.push(register);
    const value = shownValue(state, register);
    if (value !== undefined && !leave.includes(register) && !register.startsWith('time:')) values[register] = value;
  }
  return {
    values,
    conflicts: conflicts.sort(),
    contested: state.contested.map(({ fact, reason }) => ({ fact, reason })),
    times: timesIn(state),
    partly: state.partly,
    facts: state.count,
  };
}

/** Every time that counts, as the screens show it, and when else something was first so. ms UTC. */
function timesIn(state: Folded): { readonly [name: string]: number } {
  const first = Object.entries(state.firsts).flatMap(([name, { at }]) => (name in TIME_ELEMENTS ? [] : [[name, at]]));
  const times = Object.entries(timesOf(state)).map(([element, time]) => [element, time.at]);
  return Object.fromEntries([...first, ...times]);
}

const INCIDENT_PHI = ['location', 'caller', 'callback', 'patient'] as const;
/**
 * Whether a sealed column is certainly what it was in `before`, or certainly not, by what it is drawn from alone; null where
 * the values have to be compared.
 */
export function sealedStays(before: Folded, state: Folded, column: string): boolean | null {
  if (column !== 'notes') return before.registers[column] === state.registers[column] || null;
  const [was, is] = [before.lists.notes, state.lists.notes];
  // A list only grows: what has more notes is compared with nothing, however many they are.
  return was === is || (was?.length === is?.length ? null : false);
}

const INCIDENT_COLUMNS = ['number', 'nature', 'priority', 'alarm', 'life', 'answeredAt', 'disposition', 'mergedInto'];

function incidentRow(state: Folded): ProjectedRow {
  const location = shownValue(state, 'location') as unknown as Location | undefined;
  const nature = shownValue(state, 'nature') as unknown as NatureValue | undefined;
  const life = shownValue(state, 'life') ?? null;
  const closed = state.registers.life?.filter((claim) => claim.value === 'closed').at(-1)?.at ?? null;
  const notes = state.lists.notes?.map(({ fact, value, at, by, station }) => ({ fact, text: value, at, by, station }));
  return {
    clear: {
      number: shownValue(state, 'number') ?? null,
      nature_code: nature?.code ?? null,
      nature_text: nature?.text ?? null,
      priority: shownValue(state, 'priority') ?? null,
      zone: location?.zone ?? null,
      cell: location?.coordinates ? gridCell(location.coordinates) : null,
      alarm: shownValue(state, 'alarm') ?? null,
      life,
      answered_at: timeOf(state, 'psapCall')?.at ?? shownValue(state, 'answeredAt') ?? null,
      closed_at: life === 'closed' ? closed : null,
      disposition: shownValue(state, 'disposition') ?? null,
      merged_into: shownValue(state, 'mergedInto') ?? null,
      body: bodyOf(state, [...INCIDENT_PHI, ...INCIDENT_COLUMNS]),
    },
    sealed: {
      ...Object.fromEntries(INCIDENT_PHI.map((register) => [register, shownValue(state, register)])),
      notes: notes as unknown as Json | undefined,
    },
  };
}

function unitRow(state: Folded): ProjectedRow {
  const status = statusOf(state);
  return {
    clear: {
      status_code: status?.code ?? null,
      status: status?.standard ?? null,
      commitments: shownValue(state, 'commitments') ?? [],
      body: bodyOf(state, ['commitments']),
    },
    sealed: {},
  };
}

/** Column of a time: `enRoute` → `en_route`. */
export function columnOf(element: string): string {
  return element.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export const ASSIGNMENT_TIMES = (Object.keys(TIME_ELEMENTS) as TimeElement[]).filter(
  (element) => element !== 'psapCall',
);

const TIME_COLUMNS = ASSIGNMENT_TIMES.map((element) => [columnOf(element), element] as const);

function assignmentRow(state: Folded): ProjectedRow | null {
  const parts = partsOfAssignment(state.ref);
  if (!parts) return null;
  const status = statusOf(state);
  const destination = shownValue(state, 'destination') as { readonly name: string } | undefined;
  const times = timesOf(state);
  return {
    clear: {
      incident: idOf(parts.incident),
      unit: idOf(parts.unit),
      ordinal: parts.ordinal,
      status_code: status?.code ?? null,
      status: status?.standard ?? null,
      destination: destination?.name ?? null,
      ...Object.fromEntries(TIME_COLUMNS.map(([column, element]) => [column, times[element]?.at ?? null])),
      body: bodyOf(state, []),
    },
    sealed: {},
  };
}

/** The row of an entity, or null for a kind that has none. Its columns in clear are such as PostgreSQL can keep. */
export function rowOf(state: Folded): ProjectedRow | null {
  const row = drawnFrom(state);
  return row && { ...row, clear: storable(row.clear as { readonly [column: string]: Json }) };
}

function drawnFrom(state: Folded): ProjectedRow | null {
  switch (kindOf(state.ref)) {
    case 'incident':
      return incidentRow(state);
    case 'unit':
      return unitRow(state);
    case 'assignment':
      return assignmentRow(state);
    default:
      return null;
  }
}

/** ms UTC, by the clock of whoever touched it last. */
export function touchedAt(state: Folded): number {
  return hlcParse(state.touched).ms;
}

export function rowId(ref: EntityRef): string {
  return idOf(ref);
}
