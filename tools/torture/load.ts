/** Steady work at one station, by the calls that the screens use. What is acknowledged goes to the ledger at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallInput, CallName, Done } from '../../domain/bridge/calls.ts';
import type { IncidentRow, UnitRow } from '../../domain/bridge/topics.ts';
import { type BridgeClient, Refused, type Watched } from '../bridge/client.ts';
import type { Ledger } from './ledger.ts';
import type { Seeded } from './seeded.ts';

/** Calls that answer with the facts they appended. */
type Acting =
  | 'incident.open'
  | 'incident.edit'
  | 'incident.note'
  | 'incident.close'
  | 'unit.dispatch'
  | 'unit.next'
  | 'unit.cancel';

export interface Work {
  readonly station: number;
  readonly bridge: BridgeClient;
  readonly board: Watched;
  readonly random: Seeded;
  readonly ledger: Ledger;
}

/** Between two actions of one station, ms. */
const PAUSE = [60, 240] as const;
const OPEN_AT_ONCE = 12;
const STREETS = ['Harbor St', 'Mission St', 'Pier 9', 'Folsom St', 'Turk St'];
const NATURES = [
  { code: 'FALL', text: 'Fall' },
  { code: 'STROKE', text: 'Stroke' },
  { code: 'ALARM-RES', text: 'Alarm, residential' },
];

/** Works until told to stop, or until the station is gone. Rejects with what no station may do. */
export async function work(at: Work, going: () => boolean): Promise<void> {
  while (going() && !at.bridge.closed()) {
    try {
      await act(at);
    } catch (error) {
      // Refusals are part of the work: a unit sent by somebody else a moment ago. A closed bridge is a killed station.
      if (!(error instanceof Refused)) throw error;
      if (error.refusal.code === 'station.fault')
        throw new Error(`Station ${at.station} broke: ${error.refusal.message}`);
    }
    await sleep(at.random.between(...PAUSE));
  }
}

async function act(at: Work): Promise<void> {
  const { random } = at;
  const state = at.board.state();
  const rows = Object.values(state.incidents ?? {}) as unknown as IncidentRow[];
  const incidents = rows.filter(({ state: of }) => of !== 'closed' && of !== 'merged');
  const units = Object.values(state.units ?? {}) as unknown as UnitRow[];
  if (incidents.length < 3 || (incidents.length < OPEN_AT_ONCE && random.next() < 0.25)) return openIncident(at);
  const incident = random.pick(incidents);
  const chance = random.next();
  if (chance < 0.25)
    return noted(at, 'incident.note', { incident: incident.id, text: `Note ${random.between(1, 99_999)}` });
  if (chance < 0.4) {
    const text = `${random.between(1, 2_000)} ${random.pick(STREETS)}`;
    return noted(at, 'incident.edit', { incident: incident.id, set: { location: { text } } });
  }
  if (chance < 0.65 && units.length > 0) {
    return noted(at, 'unit.dispatch', {
      incident: incident.id,
      units: [random.pick(units).id],
      confirm: random.next() < 0.2,
    });
  }
  const busy = units.filter((unit) => unit.incidents.length > 0);
  if (chance < 0.9 && busy.length > 0) {
    const unit = random.pick(busy);
    const on = random.pick(unit.incidents).id;
    return random.next() < 0.85
      ? noted(at, 'unit.next', { unit: unit.id, incident: on })
      : noted(at, 'unit.cancel', { unit: unit.id, incident: on, reason: 'not needed' });
  }
  return noted(at, 'incident.close', { incident: incident.id, disposition: 'OTHER', units: 'clear' });
}

function openIncident(at: Work): Promise<void> {
  const { random } = at;
  return noted(at, 'incident.open', {
    location: { text: `${random.between(1, 2_000)} ${random.pick(STREETS)}` },
    nature: random.pick(NATURES),
    priority: random.pick(['1', '2', '3', '4'] as const),
    caller: `Caller ${random.between(1, 999)}`,
    source: 'call',
  });
}

async function noted<N extends Acting>(at: Work, call: N, input: CallInput<N>): Promise<void> {
  const done = (await at.bridge.call(call as CallName, input as never)) as Done;
  at.ledger.note({
    station: at.station,
    call,
    facts: done.facts,
    ...(done.incident === undefined ? {} : { incident: done.incident }),
    ...(call === 'incident.open' && done.number !== undefined ? { number: done.number } : {}),
  });
}
