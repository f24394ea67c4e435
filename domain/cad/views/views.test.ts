import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../kernel/fact.ts';
import { type EntityRef, entityRef } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { MODULES } from '../../modules.ts';
import { DEFAULT_STATUSES } from '../status.ts';
import { createConsole, createMemoryWorld, idsOf, type MemoryWorld } from '../testing/memory-world.ts';
import { act, anyWhim, follow } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { assignmentRow } from './assignment-row.ts';
import { conflictsOf } from './conflicts.ts';
import { incidentRow } from './incident-row.ts';
import { statusesFor } from './status-set.ts';
import { timelineRows } from './timeline.ts';
import { nextCode, unitRowOf } from './unit-row.ts';

function fact(n: number, type: string, about: readonly EntityRef[], content: Json | undefined): Fact {
  return {
    f: 1,
    id: `f${n}`,
    log: 'l',
    seq: n,
    prev: null,
    hlc: `${n.toString(16).padStart(12, '0')}-0000-s`,
    at: n,
    org: 'o',
    site: 's',
    station: 'a',
    position: null,
    session: null,
    by: null,
    type,
    v: 1,
    about: [...about],
    replaces: [],
    body: '',
    content,
  };
}

/** Every row and timeline of a world. */
function everything(world: MemoryWorld): Json {
  const rows = ['incident', 'unit', 'assignment'].flatMap((kind) =>
    idsOf(world, kind)
      .sort()
      .map((id) => {
        const ref = entityRef(kind, id);
        const folded = world.entity(ref);
        const timeline = timelineRows(ref, world.factsOf(ref), world);
        if (!folded) return { timeline };
        const row =
          kind === 'incident'
            ? incidentRow(folded, world.assignmentsOf(ref).map(world.entity), world)
            : kind === 'unit'
              ? unitRowOf(ref, world)
              : assignmentRow(folded, world);
        return { row, timeline };
      }),
  );
  return JSON.parse(JSON.stringify(rows)) as Json;
}

describe('views', () => {
  it('are the same of the same facts, whatever order they came in', () => {
    fc.assert(
      fc.property(fc.array(anyWhim, { minLength: 3, maxLength: 15 }), fc.infiniteStream(fc.nat()), (whims, dice) => {
        const at = createConsole('a', TEST_ROSTER);
        act('incident.open', { location: { text: 'A street' }, nature: { code: 'FALL', text: 'Fall' } }, at);
        for (const whim of whims) follow(whim, at);
        const facts = at.world.facts();
        const shuffled = facts
          .map((one) => [one, dice.next().value ?? 0] as const)
          .sort((a, b) => a[1] - b[1])
          .map(([one]) => one);
        expect(everything(createMemoryWorld(shuffled, TEST_ROSTER))).toEqual(everything(at.world));
      }),
      { numRuns: 60 },
    );
  });

  it('are total, whatever facts say that another build or a fault wrote', () => {
    const types = MODULES.flatMap((module) => module.facts.map((one) => one.type));
    const anyRef = fc.constantFrom<EntityRef>(
      'incident:x',
      'incident:y',
      'unit:m36',
      'assignment:x.m36.0',
      'assignment:odd',
    );
    const anyFact = fc.record({
      type: fc.constantFrom(...types, 'later.invented'),
      about: fc.uniqueArray(anyRef, { minLength: 1, maxLength: 4 }),
      content: fc.oneof(
        fc.constant(undefined),
        fc.jsonValue() as fc.Arbitrary<Json>,
        fc.constant({ code: 'QQ', standard: 'onScene' }),
      ),
    });
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 8 }), (rows) => {
        const world = createMemoryWorld(
          rows.map(({ type, about, content }, i) => fact(i, type, about, content)),
          TEST_ROSTER,
        );
        expect(() => everything(world)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it('tell two times that were set blindly on two days apart, though clocks showed the same', () => {
    const x: EntityRef = 'assignment:x.m36.0';
    const noon = Date.UTC(2026, 10, 22, 20);
    const amended = (n: number, at: number): Fact =>
      fact(n, 'time.amended', [x], { element: 'onScene', at, reason: 'radio log' });
    const sides = (...times: readonly number[]) => {
      const world = createMemoryWorld(
        times.map((at, i) => amended(i + 1, at)),
        TEST_ROSTER,
      );
      const folded = world.entity(x);
      if (!folded) throw new Error('nothing was folded');
      return conflictsOf(folded, world).flatMap((one) => one.sides.map(({ said }) => said));
    };
    expect(sides(noon, noon - 86_400_000)).toEqual(['Sun 22 Nov 2026 12:00:00', 'Sat 21 Nov 2026 12:00:00']);
    expect(sides(noon, noon - 60_000)).toEqual(['12:00:00', '11:59:00']);
  });

  it('name the workstation of each side and of a contested entry where it is no position', () => {
    const x: EntityRef = 'incident:x';
    const said = (n: number, text: string): Fact => fact(n, 'incident.edited', [x], { location: { text } });
    const world = createMemoryWorld([
      said(1, 'A street'),
      { ...said(2, 'B street'), station: 'b' },
      { ...said(3, 'C street'), station: 'c' },
      { ...fact(4, 'fact.contested', [x], { fact: 'f3', reason: 'The grant had ended.' }), station: 'center' },
    ]);
    const folded = world.entity(x);
    const row = folded && incidentRow(folded, [], world);
    expect(row?.conflicts[0]?.sides.map((side) => [side.said, side.position])).toEqual([
      ['A street', 'console a'],
      ['B street', 'console b'],
    ]);
    expect(row?.contested).toMatchObject([{ said: 'Location: C street', position: 'console c' }]);
  });

  it('say at which workstation what is known of a call was last set, how many notes there are, and where the newest was written', () => {
    const x: EntityRef = 'incident:x';
    const world = createMemoryWorld([
      { ...fact(1, 'incident.edited', [x], { location: { text: 'A street' }, priority: '2' }), station: 'a' },
      {
        ...fact(2, 'incident.edited', [x], { location: { text: 'B street' }, callback: '555' }),
        station: 'b',
        replaces: ['f1'],
      },
      { ...fact(4, 'incident.noted', [x], { text: 'gate code 4411' }), station: 'b' },
      { ...fact(3, 'incident.noted', [x], { text: 'dog in the yard' }), station: 'a' },
    ]);
    const folded = world.entity(x);
    const row = folded && incidentRow(folded, [], world);
    expect(row).toMatchObject({
      notes: 2,
      setAt: { priority: 'a', nature: null, location: 'b', callback: 'b', notes: 'b' },
    });
  });

  it('show a call of which the opening has not come, and say what they cannot read', () => {
    const x: EntityRef = 'incident:x';
    const world = createMemoryWorld([
      fact(1, 'incident.edited', [x], { location: { text: 'A street' } }),
      fact(2, 'later.invented', [x], { some: 'thing' }),
    ]);
    const folded = world.entity(x);
    const row = folded && incidentRow(folded, [], world);
    expect(row).toMatchObject({
      number: 'no number',
      partly: true,
      location: { text: 'A street' },
      readyAt: null,
      reopenedAt: null,
      alarm: 1,
    });
    expect(timelineRows(x, world.factsOf(x), world).map((line) => line.said)).toEqual([
      'Location: A street',
      'Something that this version cannot read',
    ]);
  });

  it('show a unit of which nothing has been said as available', () => {
    const row = unitRowOf('unit:m36', createMemoryWorld([], TEST_ROSTER));
    expect(row).toMatchObject({ callsign: 'M36', code: 'AV', label: 'available', since: 0, incidents: [], next: null });
    expect(unitRowOf('unit:other', createMemoryWorld([], TEST_ROSTER))).toBeNull();
  });
});

describe('statuses of an agency', () => {
  const own = [{ ...(DEFAULT_STATUSES[1] as (typeof DEFAULT_STATUSES)[number]), code: 'DSP' }];
  it('are its own, else those of the site, else the default chain', () => {
    const sets = [
      { agency: 'fire', statuses: own },
      { agency: null, statuses: DEFAULT_STATUSES.slice(0, 2) },
    ];
    expect(statusesFor(sets, 'fire').map((one) => one.code)).toEqual(['DSP']);
    expect(statusesFor(sets, 'ems')).toHaveLength(2);
    expect(statusesFor([], null)).toEqual(DEFAULT_STATUSES);
  });

  it('lead on from a step that an agency has no code for to the first one after it that it has', () => {
    const without = (...codes: string[]) => DEFAULT_STATUSES.filter(({ code }) => !codes.includes(code));
    expect(nextCode(without('DP', 'AK'), 'DP', 'dispatched')).toBe('ER');
    expect(nextCode(without('DP', 'AK', 'ER', 'SG').toReversed(), 'DP', 'dispatched')).toBe('OS');
    expect(nextCode(without('TC'), 'TC', 'transferOfCare')).toBeNull();
    expect(nextCode(without('PO'), 'PO', 'posting')).toBeNull();
    expect(nextCode(DEFAULT_STATUSES, 'AV', 'available')).toBeNull();
  });

  it('are what its units are sent and shown with', () => {
    const e06 = {
      ...(TEST_ROSTER.roster_unit?.e06 as NonNullable<typeof TEST_ROSTER.roster_unit>[string]),
      agency: 'fire',
    };
    const roster = { ...TEST_ROSTER, roster_unit: { e06 }, status_set: { s: { agency: 'fire', statuses: own } } };
    const at = createConsole('a', roster);
    act('incident.open', { location: { text: 'A street' }, nature: { code: 'FIRE', text: 'Fire' } }, at);
    act('unit.dispatch', { incident: 'a1', units: ['e06'] }, at);
    expect(unitRowOf('unit:e06', at.world)).toMatchObject({ code: 'DSP', standard: 'dispatched', label: 'dispatched' });
    expect(act('unit.status', { unit: 'e06', code: 'OS' }, at)).toMatchObject({
      ok: false,
      refusal: { code: 'status.unknown' },
    });
  });
});
