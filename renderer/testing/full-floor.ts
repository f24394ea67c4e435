/** A board at its fullest, with the longest names that a roster takes and those of other scripts, for looking at the screens. */
import type { IncidentRow, UnitRow } from '#domain/bridge/topics.ts';
import { DEFAULT_STATUSES } from '#domain/cad/status.ts';
import { incidentRowOf, unitChip, unitRowOf } from './rows.ts';
import { pictureBoard, type Scripted } from './scripted-station.ts';

const INCIDENTS = 200;
const UNITS = 300;
/** Units that call for help. */
const CALLING = [8, 12, 33, 107];

const CALLSIGNS = ['M', 'E', 'MEDIC-', 'LADDER-10', 'AMB/NORT-'];
const KINDS = ['ambulance, advanced life support, ICU', 'engine', 'rescue', 'truck', 'سيارة إسعاف'];
const NATURES = [
  'Breathing problem',
  'Traffic collision, several vehicles',
  'مشكلة في التنفس',
  '胸の痛み',
  'Überfall',
  'Fall',
];
const PLACES = [
  '300 Blk BRANNAN ST',
  'Llanfairpwllgwyngyll Memorial Hospital',
  'شارع الملك فهد 1203',
  '東京都丸の内 9-1',
  '1 A ST',
];
const ON_CALLS = DEFAULT_STATUSES.filter(({ code }) => ['DP', 'ER', 'OS', 'AP', 'TR', 'AH', 'AK', 'SG'].includes(code));
const OFF_CALLS = DEFAULT_STATUSES.filter(({ code }) => ['AV', 'PO', 'OOS', 'OFF'].includes(code));

const of = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

function unit(n: number, now: number): UnitRow {
  const callsign = of(CALLSIGNS, n) + n;
  const number = n < (UNITS * 2) / 3 ? n % (INCIDENTS / 2) : null;
  const { code, standard, label } = of(number === null ? OFF_CALLS : ON_CALLS, n);
  return unitRowOf({
    id: `u${n}`,
    callsign,
    kind: of(KINDS, n),
    code,
    standard,
    label,
    since: now - n * 30_000,
    incidents: number === null ? [] : [{ id: `i${number}`, number: numberOf(number), assignment: `a${n}`, code }],
    destination: code === 'TR' ? { name: 'Saint Anne University Hospital of the Sisters of Mercy' } : null,
    emergency: CALLING.includes(n) ? { emergency: 'declared', since: now - n } : null,
  });
}

const numberOf = (n: number): string => `24-${20_000 + n}`;

function incident(n: number, units: readonly UnitRow[], now: number): IncidentRow {
  const at = now - (n * 17 + 5) * 1_000;
  const on = units.filter(({ incidents }) => incidents[0]?.id === `i${n}`);
  return incidentRowOf(numberOf(n), {
    id: `i${n}`,
    state: on.length > 0 ? 'active' : 'pending',
    priority: of(['1', '2', '3', '4', null] as const, n),
    nature: { code: 'X', text: of(NATURES, n) },
    location: { text: of(PLACES, n), ...(n % 3 === 0 ? { detail: 'apt 12B, 4th floor', zone: 'N-12' } : {}) },
    answeredAt: at,
    readyAt: at,
    unsent: n % 9 === 0 ? 3 : 0,
    units: on.map(({ id, callsign, code, standard }) =>
      unitChip({ unit: id, callsign, assignment: `a${id}`, code, standard, since: at }),
    ),
  });
}

export function fullFloor(now: number): Scripted {
  const units = Array.from({ length: UNITS }, (_, n) => unit(n, now));
  const incidents = Array.from({ length: INCIDENTS }, (_, n) => incident(n, units, now));
  const byId = <R extends { readonly id: string }>(rows: readonly R[]) =>
    Object.fromEntries(rows.map((row) => [row.id, row]));
  const board = pictureBoard(now, 'reached');
  return {
    ...board,
    topics: { ...board.topics, board: { incidents: byId(incidents), units: byId(units) } },
  };
}
