/** What people do at their consoles, by the calls that the screens use, on what their own board shows them. */
import type { CallInput, CallName } from '../../domain/bridge/calls.ts';
import type { IncidentRow, UnitRow } from '../../domain/bridge/topics.ts';
import type { Chance } from './chance.ts';
import { UNITS } from './roster.ts';
import type { StationNode } from './station-node.ts';

export type Deed = { readonly [N in CallName]: { readonly name: N; readonly input: CallInput<N> } }[CallName];

const STREETS = ['410 Larkin', '12 Oak', '9 Third', '77 Mission', '1 Pier'] as const;
const CODES = ['AK', 'ER', 'SG', 'OS', 'AP', 'TR', 'AH', 'TC', 'AV', 'OOS', 'PO'] as const;

/** One thing that somebody at this station decides to do now; null where the board gives no occasion. */
export function nextDeed(station: StationNode, chance: Chance): Deed | null {
  const board = station.board();
  const incidents = Object.values((board.incidents ?? {}) as unknown as Record<string, IncidentRow>);
  const units = Object.values((board.units ?? {}) as unknown as Record<string, UnitRow>);
  const open = incidents.filter((row) => row.state !== 'closed' && row.state !== 'merged');
  const closed = incidents.filter((row) => row.state === 'closed');
  const some = <T>(from: readonly T[]): T | null => (from.length === 0 ? null : chance.pick(from));
  // What just came in is what everybody works on: that is where two cut off from each other meet.
  const newest = [...open].sort((a, b) => b.answeredAt - a.answeredAt || (a.id < b.id ? -1 : 1)).slice(0, 3);
  const one = some(chance.happens(0.6) ? newest : open);
  const other = some(open.filter((row) => row !== one));
  const busy = some(units.filter((row) => row.incidents.length > 0));
  const free = some(units.filter((row) => row.incidents.length === 0));
  const text = `${chance.pick(STREETS)} ${chance.below(20)}`;
  const conflicts = [...incidents.flatMap((row) => row.conflicts), ...units.flatMap((row) => row.conflicts)];
  const contested = [...incidents.flatMap((row) => row.contested), ...units.flatMap((row) => row.contested)];
  const conflict = some(conflicts);
  const doubtful = some(contested);
  const roll = chance.next();

  if (!one || roll < (open.length < 6 ? 0.16 : 0.05)) return opening(text, chance);
  if (conflict && roll < 0.2) {
    const side = chance.pick(conflict.sides);
    return {
      name: 'conflict.settle',
      input: { entity: conflict.entity, register: conflict.register, side: side.fact },
    };
  }
  if (doubtful && roll < 0.22) {
    return {
      name: 'contested.settle',
      input: { entity: doubtful.entity, fact: doubtful.fact, verdict: chance.pick(['confirmed', 'set aside']) },
    };
  }
  if (roll < 0.25)
    return {
      name: 'presence.editing',
      input: { incident: chance.happens(0.7) ? one.id : null, field: chance.pick(['location', 'nature', null]) },
    };
  if (roll < 0.32) return editing(one.id, text, chance);
  if (roll < 0.38) return { name: 'incident.note', input: { incident: one.id, text: `note ${text}` } };
  if (roll < 0.41)
    return { name: 'incident.hold', input: { incident: one.id, held: chance.happens(0.5), reason: text } };
  if (roll < 0.45)
    return {
      name: 'incident.close',
      input: { incident: one.id, disposition: 'DONE', units: chance.pick(['clear', 'leave']) },
    };
  if (roll < 0.47)
    return closed.length > 0
      ? { name: 'incident.reopen', input: { incident: chance.pick(closed).id, reason: text } }
      : null;
  if (roll < 0.49)
    return other
      ? { name: 'incident.link', input: { incident: one.id, other: other.id, linked: chance.happens(0.7) } }
      : null;
  if (roll < 0.51)
    return other
      ? { name: 'incident.merge', input: { incident: one.id, into: other.id, merged: chance.happens(0.8) } }
      : null;
  if (roll < 0.66) {
    const sent = free && chance.happens(0.5) ? free.id : chance.pick(UNITS.slice(0, 5));
    return { name: 'unit.dispatch', input: { incident: one.id, units: [sent], confirm: chance.happens(0.8) } };
  }
  if (!busy) return null;
  if (roll < 0.76) return { name: 'unit.next', input: { unit: busy.id, ...runOf(busy, chance) } };
  if (roll < 0.88) return moving(busy, text, chance);
  if (roll < 0.91) return { name: 'unit.cancel', input: { unit: busy.id, ...runOf(busy, chance), reason: text } };
  if (roll < 0.94) return { name: 'unit.move', input: { unit: busy.id, to: one.id } };
  if (roll < 0.96) return { name: 'unit.swap', input: { unit: busy.id, with: chance.pick(UNITS) } };
  if (roll < 0.97)
    return { name: 'unit.emergency', input: { unit: busy.id, emergency: chance.pick(['declared', 'seen', 'over']) } };
  const run = busy.incidents[0];
  if (!run) return null;
  const time = station.store().now() - chance.below(600_000);
  return chance.happens(0.5)
    ? { name: 'time.record', input: { of: run.assignment, element: 'acknowledged', time } }
    : {
        name: 'time.amend',
        input: { of: run.assignment, element: 'onScene', time: chance.happens(0.8) ? time : null, reason: text },
      };
}

/** The same by the command line, whose reading somebody looks at first or not, and what they have begun to type in a form. */
export function typedDeed(station: StationNode, chance: Chance): Deed | null {
  const board = station.board();
  const incidents = Object.values((board.incidents ?? {}) as unknown as Record<string, IncidentRow>);
  const units = Object.values((board.units ?? {}) as unknown as Record<string, UnitRow>);
  if (incidents.length === 0 || units.length === 0) return null;
  const [incident, unit] = [chance.pick(incidents), chance.pick(units)];
  const text = chance.pick(STREETS);
  if (chance.happens(0.2)) {
    const value = chance.happens(0.7) ? { location: text } : null;
    return { name: 'draft.save', input: { key: chance.happens(0.5) ? incident.id : 'new', value } };
  }
  const line = chance.pick([
    `D ${unit.callsign} ${incident.number}`,
    `${incident.number} D ${unit.callsign},${chance.pick(units).callsign}`,
    `${unit.callsign} ${chance.pick(CODES)}`,
    `X ${unit.callsign} ${incident.number} ${text}`,
    `TR ${unit.callsign} MERCY`,
    `${text}`,
  ]);
  const selected = chance.happens(0.5) ? incident.id : null;
  return chance.happens(0.3)
    ? { name: 'command.preview', input: { line, selected } }
    : { name: 'command.run', input: { line, selected, confirm: chance.happens(0.7) } };
}

/** Two who cannot see each other: both correct one incident's location, and both send one unit, to two incidents. */
export function blindly(
  one: StationNode,
  other: StationNode,
  chance: Chance,
): readonly (readonly [StationNode, Deed])[] {
  const incidents = Object.values((one.board().incidents ?? {}) as unknown as Record<string, IncidentRow>);
  const [first, second] = incidents
    .filter((row) => row.state !== 'closed' && row.state !== 'merged')
    .map((row) => row.id);
  if (!first || !second) return [];
  const unit = chance.pick(UNITS);
  const edit = (text: string): Deed => ({
    name: 'incident.edit',
    input: { incident: first, set: { location: { text } } },
  });
  const send = (incident: string): Deed => ({
    name: 'unit.dispatch',
    input: { incident, units: [unit], confirm: true },
  });
  return [
    [one, edit('by one')],
    [other, edit('by the other')],
    [one, send(first)],
    [other, send(second)],
  ];
}

/** Which run, where a unit is on several: named mostly, for else the board asks. */
function runOf(unit: UnitRow, chance: Chance): { incident?: string } {
  return unit.incidents.length > 1 && chance.happens(0.9) ? { incident: chance.pick(unit.incidents).id } : {};
}

function opening(text: string, chance: Chance): Deed {
  return {
    name: 'incident.open',
    input: {
      ...(chance.happens(0.9) ? { location: { text } } : {}),
      ...(chance.happens(0.9)
        ? {
            nature: chance.pick([
              { code: 'CHEST', text: 'Chest pain' },
              { code: 'FALL', text: 'Fall' },
            ]),
          }
        : {}),
      ...(chance.happens(0.4) ? { notes: `from ${text}` } : {}),
      callback: `555-${chance.below(9_999)}`,
    },
  };
}

function editing(incident: string, text: string, chance: Chance): Deed {
  const set = chance.pick([
    { location: { text } },
    { priority: chance.pick(['1', '2', '3', '4'] as const) },
    { caller: text },
    { nature: { code: 'FALL', text: 'Fall' }, patient: text },
    { alarm: 1 + chance.below(3) },
  ]);
  return { name: 'incident.edit', input: { incident, set } };
}

function moving(unit: UnitRow, text: string, chance: Chance): Deed {
  const code = chance.pick(CODES);
  return {
    name: 'unit.status',
    input: {
      unit: unit.id,
      code,
      ...runOf(unit, chance),
      ...(code === 'OOS' ? { reason: text } : {}),
      ...(code === 'PO' ? { post: text } : {}),
      ...(code === 'TR' ? { destination: { name: 'Mercy Hospital' } } : {}),
    },
  };
}
