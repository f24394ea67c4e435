/** The words for registers, times and values. */
import { type EntityRef, idOf, kindOf, partsOfAssignment } from '../../kernel/ids.ts';
import { canonicalJson, type Json } from '../../kernel/json.ts';
import { agencyOfSystem } from '../references.ts';
import type { TimeElement } from '../status.ts';
import { holdSaid, readHoldValue } from '../views/hold.ts';
import { callsignOf, fieldsOf, numberIn, statusesOfUnit, textOf } from '../views/reading.ts';
import { labelOf } from '../views/status-set.ts';
import type { World } from '../views/world.ts';
import { clockText, zoneName, zoneOf } from './local-time.ts';

export const TIME_WORDS: { readonly [E in TimeElement]: string } = {
  psapCall: 'call answered',
  dispatchNotified: 'handed to dispatch',
  unitNotified: 'dispatched',
  acknowledged: 'acknowledged',
  enRoute: 'en route',
  onScene: 'on scene',
  atPatient: 'at patient',
  transferOfCare: 'transfer of care',
  leftScene: 'left scene',
  atDestination: 'at destination',
  destinationTransfer: 'transfer of care done',
  backInService: 'back in service',
  canceled: 'canceled',
  homeLocation: 'back home',
  staged: 'staged',
};

/** Whether a register holds an amended time: of an entity, or of one of a run's journeys. */
export const isOfTime = (register: string): boolean => register.startsWith('time:') || register.startsWith('journey:');

/** `journey:2:leftScene` by its parts; null for any other register. */
export function journeyTimeOf(register: string): { readonly journey: number; readonly element: TimeElement } | null {
  const [, journey, element] = /^journey:(\d+):(\w+)$/.exec(register) ?? [];
  return journey && element ? { journey: Number(journey), element: element as TimeElement } : null;
}

const REGISTER_WORDS: { readonly [register: string]: string } = {
  location: 'location',
  nature: 'nature',
  priority: 'priority',
  callback: 'callback',
  caller: 'caller',
  patient: 'patient',
  alarm: 'alarm level',
  number: 'number',
  answeredAt: 'time of the call',
  source: 'source',
  hold: 'hold',
  life: 'open or closed',
  disposition: 'disposition',
  mergedInto: 'merge',
  status: 'status',
  destination: 'hospital',
  commitments: 'assignment',
  emergency: 'emergency',
};

/** `one patient`, `2 patients`. */
export function patientsWords(count: number): string {
  return count === 1 ? 'one patient' : `${count} patients`;
}

function afterPrefix(register: string, prefix: string): string | null {
  return register.startsWith(prefix) ? register.slice(prefix.length) : null;
}

/** What a register is about, without its entity: `location`, `time on scene`. */
export function registerWords(register: string, world: World): string {
  const element = afterPrefix(register, 'time:');
  if (element !== null) return `time ${TIME_WORDS[element as TimeElement] ?? element}`;
  const ofJourney = journeyTimeOf(register);
  if (ofJourney) return `time ${TIME_WORDS[ofJourney.element]} of journey ${ofJourney.journey}`;
  const linked = afterPrefix(register, 'link:');
  if (linked !== null) return `link with ${world.numberOf(linked as EntityRef)}`;
  const journey = afterPrefix(register, 'patients:');
  if (journey !== null) return journey === '1' ? 'patients' : `patients of journey ${journey}`;
  const system = afterPrefix(register, 'ref:');
  if (system !== null) {
    const agency = agencyOfSystem(system, world);
    return agency === null ? `${system.replaceAll('_', ' ')} reference` : `${agency} number`;
  }
  return REGISTER_WORDS[register] ?? register;
}

/** A unit's or incident's name as people say it. */
export function nameOf(ref: EntityRef, world: World): string {
  const kind = kindOf(ref);
  if (kind === 'incident') return world.numberOf(ref);
  if (kind === 'unit') return callsignOf(world, ref);
  const parts = partsOfAssignment(ref);
  return parts ? `${callsignOf(world, parts.unit)} on ${world.numberOf(parts.incident)}` : idOf(ref);
}

function unitOf(ref: EntityRef): EntityRef {
  return partsOfAssignment(ref)?.unit ?? ref;
}

const placeWords = ({ text, detail }: ReturnType<typeof fieldsOf>): string =>
  [textOf(text), textOf(detail)].filter(Boolean).join(', ');

/** A value of a register in plain words, e.g. a side of a conflict. */
export function valueWords(ref: EntityRef, register: string, value: Json | undefined, world: World): string {
  const fields = fieldsOf(value);
  if (register === 'location') return placeWords(fields);
  if (register === 'nature') return textOf(fields.text) || textOf(fields.code);
  if (register === 'destination') return textOf(fields.name);
  if (register === 'hold') {
    const hold = readHoldValue(value ?? null);
    return hold ? ['held', holdSaid(hold, zoneOf(world))].filter(Boolean).join(': ') : 'not held';
  }
  if (register === 'mergedInto')
    return typeof value === 'string' ? `merged into ${world.numberOf(value as EntityRef)}` : 'not merged';
  if (register === 'commitments') {
    const incidents = Array.isArray(value) ? (value as readonly EntityRef[]) : [];
    return incidents.length === 0 ? 'on nothing' : `on ${incidents.map(world.numberOf).join(' and ')}`;
  }
  if (register === 'status') {
    const label = labelOf(statusesOfUnit(world, unitOf(ref)), textOf(fields.code), textOf(fields.standard));
    return [label, textOf(fields.reason)].filter(Boolean).join(': ');
  }
  if (isOfTime(register)) {
    const at = numberIn(fields.at);
    return at === null ? 'struck' : clockText(at, zoneOf(world));
  }
  if (register.startsWith('patients:')) return patientsWords(numberIn(value) ?? 1);
  if (register.startsWith('link:')) return value === true ? 'linked' : 'not linked';
  if (typeof value === 'string') return value === '' ? 'nothing' : value;
  return typeof value === 'number' ? String(value) : canonicalJson(value);
}

/** `37.7793, -122.4193`: latitude first, as maps and callers say them; empty where there are none. */
function coordinatesWords(coordinates: Json | undefined): string {
  const [longitude, latitude] = Array.isArray(coordinates) ? coordinates : [];
  return latitude === undefined ? '' : `${latitude}, ${longitude}`;
}

/**
 * A location in plain words, with what they leave out and is another than in `other`: a zone that alone was changed reads as the same
 * place otherwise. What it lacks is said only where nothing else tells the two apart.
 */
export function locationWords(value: Json | undefined, other: Json | undefined): string {
  const [fields, others] = [fieldsOf(value), fieldsOf(other)];
  const [plain = '', elsewhere] = [fields, others].map(placeWords);
  if (!elsewhere) return plain;
  const parts: readonly (readonly [name: string, is: string, was: string])[] = [
    ['city', textOf(fields.city), textOf(others.city)],
    ['zone', textOf(fields.zone), textOf(others.zone)],
    ['coordinates', coordinatesWords(fields.coordinates), coordinatesWords(others.coordinates)],
  ];
  const said = parts.flatMap(([name, is, was]) =>
    is === was ? [] : is !== '' ? `${name} ${is}` : plain === elsewhere ? `no ${name}` : [],
  );
  return said.length > 0 ? `${plain} (${said.join(', ')})` : plain;
}

/** What stands behind a value and its plain words leave out; empty where they say all. */
export function besideWords(register: string, value: Json | undefined, world: World): string {
  const fields = fieldsOf(value);
  const zone = zoneOf(world);
  const words = (...said: readonly string[]): string => said.filter(Boolean).join(', ');
  if (isOfTime(register)) {
    const at = numberIn(fields.at);
    return words(at === null ? '' : zoneName(at, zone), textOf(fields.reason));
  }
  if (register === 'status') {
    const until = numberIn(fields.until);
    return words(textOf(fields.post), until === null ? '' : `until ${clockText(until, zone)}`);
  }
  if (register === 'location') {
    return words(textOf(fields.city), textOf(fields.zone), coordinatesWords(fields.coordinates));
  }
  return register === 'nature' ? textOf(fields.code) : '';
}

/** `M36`, `M36 and E06`, `M36, E06 and T01`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}
