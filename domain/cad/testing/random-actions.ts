/** Random things that people do at a console, as data, and doing them on whatever its world holds by then. */
import fc from 'fast-check';
import { CALLS } from '../../bridge/calls.ts';
import { sidesOf } from '../../kernel/fold.ts';
import { idOf } from '../../kernel/ids.ts';
import { decideAction } from '../actions/decide.ts';
import type { Decided } from '../actions/deed.ts';
import type { ActionInput, ActionName } from '../actions/inputs.ts';
import { registersInConflict } from '../views/conflicts.ts';
import { type Console, idsOf } from './memory-world.ts';

const UNITS = ['m36', 'm14', 'e06', 't01'] as const;
const CODES = ['AV', 'DP', 'AK', 'ER', 'SG', 'OS', 'AP', 'TR', 'AH', 'TC', 'PO', 'OOS', 'OFF'] as const;

export interface Whim {
  readonly name: ActionName;
  readonly unit: (typeof UNITS)[number];
  readonly other: (typeof UNITS)[number];
  readonly code: (typeof CODES)[number];
  readonly incident: number;
  readonly second: number;
  readonly yes: boolean;
  readonly text: string;
}

const NAMES: readonly ActionName[] = [
  'incident.open',
  'incident.edit',
  'incident.note',
  'incident.hold',
  'incident.close',
  'incident.reopen',
  'incident.link',
  'incident.merge',
  'unit.dispatch',
  'unit.dispatch',
  'unit.dispatch',
  'unit.status',
  'unit.status',
  'unit.status',
  'unit.patients',
  'unit.next',
  'unit.cancel',
  'unit.move',
  'unit.swap',
  'unit.emergency',
  'time.record',
  'time.amend',
];

export const anyWhim: fc.Arbitrary<Whim> = fc.record({
  name: fc.constantFrom(...NAMES),
  unit: fc.constantFrom(...UNITS),
  other: fc.constantFrom(...UNITS),
  code: fc.constantFrom(...CODES),
  incident: fc.nat(3),
  second: fc.nat(3),
  yes: fc.boolean(),
  text: fc.constantFrom('A street', 'B street', 'C street'),
});

function inputOf(whim: Whim, at: Console): object {
  const incidents = idsOf(at.world, 'incident');
  const pick = (n: number): string => incidents[n % Math.max(1, incidents.length)] ?? 'none';
  const incident = pick(whim.incident);
  const { unit, code, yes, text } = whim;
  const run = at.world.assignmentsOf(`incident:${incident}`)[0];
  const of = run ?? `incident:${incident}`;
  switch (whim.name) {
    case 'incident.open':
      return { location: { text }, nature: { code: 'CHEST', text: 'Chest pain' }, ...(yes ? { notes: 'a note' } : {}) };
    case 'incident.edit':
      return { incident, set: yes ? { location: { text } } : { priority: '2', caller: text } };
    case 'incident.note':
      return { incident, text };
    case 'incident.hold':
      return { incident, held: yes, reason: text };
    case 'incident.close':
      return { incident, disposition: text, units: yes ? 'clear' : 'leave' };
    case 'incident.reopen':
      return { incident };
    case 'incident.link':
      return { incident, other: pick(whim.second), linked: yes };
    case 'incident.merge':
      return { incident, into: pick(whim.second), merged: yes };
    case 'unit.dispatch':
      return { incident, units: yes ? [unit, whim.other] : [unit], confirm: true };
    case 'unit.status':
      return {
        unit,
        code,
        ...(yes ? { incident } : {}),
        ...(code === 'OOS' ? { reason: text } : {}),
        ...(code === 'PO' ? { post: text } : {}),
        ...(code === 'TR'
          ? { destination: { name: text }, ...(whim.second > 1 ? { patients: whim.second } : {}) }
          : {}),
      };
    case 'unit.patients':
      return { of, patients: whim.second + 1, ...(yes ? { journey: 1 } : {}) };
    case 'unit.move':
      return { unit, to: incident };
    case 'unit.swap':
      return { unit, with: whim.other };
    case 'unit.emergency':
      return { unit, emergency: yes ? 'declared' : 'over' };
    case 'time.record':
      return { of, element: 'acknowledged', time: 1000 };
    case 'time.amend':
      return whim.second > 1
        ? { of, element: 'leftScene', time: yes ? 1000 + whim.incident : null, reason: text, journey: whim.second }
        : { of, element: 'onScene', time: yes ? 1000 + whim.second : null, reason: text };
    default:
      return { unit };
  }
}

/** One action, through the bridge's own door; appended where it was decided. */
export function act<N extends ActionName>(name: N, input: object, at: Console): Decided {
  const parsed = CALLS[name].input.parse(input) as ActionInput<N>;
  const decided = decideAction(name, parsed, at.world, at.means);
  if (decided.ok) at.append(decided.value.drafts);
  return decided;
}

export function follow(whim: Whim, at: Console): Decided {
  return act(whim.name, inputOf(whim, at), at);
}

/** Everything in conflict in a world, as `entity register`. */
export function conflictsIn(at: Console): string[] {
  const kinds = ['incident', 'unit', 'assignment'];
  return kinds.flatMap((kind) =>
    idsOf(at.world, kind).flatMap((id) =>
      registersInConflict(at.world.entity(`${kind}:${id}`)).map((register) => `${kind}:${id} ${register}`),
    ),
  );
}

/** Settles one conflict after another, choosing sides by `choose`; returns how many actions that took. */
export function settleAll(at: Console, choose: (sides: number) => number): number {
  for (let actions = 0; ; actions++) {
    const [next] = conflictsIn(at);
    if (!next) return actions;
    const [entity = '', register = ''] = next.split(' ');
    const sides = sidesOf(at.world.entity(entity as `${string}:${string}`), register);
    const side = sides[choose(sides.length) % sides.length]?.claims[0]?.fact;
    const decided = act('conflict.settle', { entity, register, side }, at);
    if (!decided.ok) throw new Error(`${next}: ${decided.refusal.message}`);
    if (conflictsIn(at).includes(next)) throw new Error(`${next} was settled and still stands`);
  }
}

/** What a unit says it is committed to, and what it is really on, both as incident ids. */
export function commitmentsIn(at: Console, unit: string): { said: string[]; active: string[] } {
  const claims = at.world.entity(`unit:${unit}`)?.registers.commitments ?? [];
  const said = ((claims[0]?.value ?? []) as string[]).map((ref) => idOf(ref as `${string}:${string}`)).sort();
  const active = at.world.assignmentsOfUnit(`unit:${unit}`).flatMap((ref) => {
    const sides = sidesOf(at.world.entity(ref), 'status');
    const standard = (sides[0]?.value as { standard?: string } | undefined)?.standard ?? '';
    const over = ['available', 'canceled', 'outOfService', 'offDuty', 'posting', ''];
    return over.includes(standard) ? [] : [ref.slice('assignment:'.length).split('.')[0] ?? ''];
  });
  return { said, active: [...new Set(active)].sort() };
}

export const TEST_UNITS: readonly string[] = UNITS;
