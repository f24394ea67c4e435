import { describe, expect, it } from 'vitest';
import type { IncidentRow, ReachRow, UnitRow } from '#domain/bridge/topics.ts';
import {
  type Board,
  boardSounds,
  callingForHelp,
  isThere,
  ownCall,
  ranOut,
  reachSound,
  unitsRanOut,
  unseenUrgent,
} from './board-sounds.ts';

const setAllAt = (station: string): IncidentRow['setAt'] => ({
  priority: station,
  nature: station,
  alarm: station,
  location: station,
  callback: station,
  caller: station,
  patient: station,
  notes: station,
});
const HERE = setAllAt('here');
const THERE = setAllAt('there');

const row = (over: Partial<IncidentRow>) =>
  ({
    id: 'i',
    state: 'pending',
    priority: '1',
    readyAt: 0,
    reopenedAt: null,
    left: null,
    conflicts: [],
    contested: [],
    units: [],
    nature: null,
    location: null,
    notes: 0,
    setAt: THERE,
    ...over,
  }) as unknown as IncidentRow;

const calls = (...rows: readonly IncidentRow[]): Board => ({
  incidents: Object.fromEntries(rows.map((one) => [one.id, one])),
  units: {},
});

describe('sounds of the board', () => {
  it('ring once a call can be sent, by its priority, or as the most urgent where it has none yet', () => {
    expect(boardSounds(calls(), calls(row({ readyAt: null })), 'here')).toEqual([]);
    expect(boardSounds(calls(row({ readyAt: null })), calls(row({})), 'here')).toEqual(['call-1']);
    expect(boardSounds(calls(), calls(row({ priority: null })), 'here')).toEqual(['call-1']);
  });
  it('are for others: who opened a call knows of it, and hears no news of it, once or until it is seen', () => {
    const own = row({ setAt: HERE });
    expect(boardSounds(calls(row({ readyAt: null, setAt: HERE })), calls(own), 'here')).toEqual([]);
    expect(boardSounds(calls(row({ readyAt: null, setAt: HERE })), calls(own), 'there')).toEqual(['call-1']);
    expect(unseenUrgent({ i: own }, new Set(), 'here')).toEqual([]);
    expect(unseenUrgent({ i: own }, new Set(), 'there')).toEqual(['i']);
    expect(boardSounds(calls(row({ state: 'closed', setAt: HERE })), calls(own), 'here')).toEqual(['call-1']);
    // What somebody else had a hand in is news.
    expect(ownCall(row({ setAt: { ...HERE, priority: 'there' } }), 'here')).toBe(true);
    expect(ownCall(row({ setAt: { ...HERE, nature: 'there' } }), 'here')).toBe(false);
  });
  it('are of what is new: nothing of what stood there when the board came, but the first call of a center', () => {
    expect(boardSounds(null, calls(row({})), 'here')).toEqual([]);
    const units = { m36: { id: 'm36', contested: [] } as unknown as UnitRow };
    expect([isThere(calls()), isThere({ incidents: {}, units })]).toEqual([false, true]);
    expect(boardSounds({ incidents: {}, units }, { ...calls(row({})), units }, 'here')).toEqual(['call-1']);
  });
  it('tell what others changed of an open call, not a time filling in', () => {
    const setAt = { ...HERE, location: 'there' };
    const before = calls(row({}));
    expect(boardSounds(before, calls(row({ location: { text: 'there' }, setAt })), 'here')).toEqual(['update']);
    expect(boardSounds(before, calls(row({ unsent: 4 })), 'here')).toEqual([]);
    expect(boardSounds(before, calls(row({ state: 'closed', location: { text: 'there' }, setAt })), 'here')).toEqual(
      [],
    );
  });
  it('tell of who called and for whom as of the place: another number to call back is what a crew is told', () => {
    for (const field of ['callback', 'caller', 'patient'] as const) {
      const before = calls(row({ [field]: '' }));
      const changed = (set: string) => calls(row({ [field]: '555-0142', setAt: { ...THERE, [field]: set } }));
      expect([field, boardSounds(before, changed('there'), 'here')]).toEqual([field, ['update']]);
      expect([field, boardSounds(before, changed('here'), 'here')]).toEqual([field, []]);
    }
  });
  it('tell of another zone, other coordinates and another city as of the words of the place', () => {
    const stood = { text: 'Trail 4', zone: 'N2', coordinates: [-122.4, 37.7] as [number, number], city: 'Mill Valley' };
    const before = calls(row({ location: stood }));
    for (const part of [{ zone: 'N3' }, { coordinates: [-122.5, 37.7] as [number, number] }, { city: 'Ross' }]) {
      const changed = (set: string) =>
        calls(row({ location: { ...stood, ...part }, setAt: { ...THERE, location: set } }));
      expect([part, boardSounds(before, changed('there'), 'here')]).toEqual([part, ['update']]);
      expect([part, boardSounds(before, changed('here'), 'here')]).toEqual([part, []]);
    }
    expect(boardSounds(before, calls(row({ location: { ...stood } })), 'here')).toEqual([]);
  });
  it('tell of another alarm level', () => {
    const before = calls(row({ alarm: 1 }));
    expect(boardSounds(before, calls(row({ alarm: 2 })), 'here')).toEqual(['update']);
    expect(boardSounds(before, calls(row({ alarm: 2, setAt: HERE })), 'here')).toEqual([]);
  });
  it('tell no change that was made at this workstation, and what it came to differ with others in all the same', () => {
    const elsewhere = { ...THERE, priority: 'here' };
    const before = calls(row({ nature: { code: 'SICK', text: 'Sick person' }, setAt: elsewhere }));
    const now = { nature: { code: 'SICK', text: 'Sick person' }, setAt: elsewhere };
    expect(boardSounds(before, calls(row({ ...now, priority: '3' })), 'here')).toEqual([]);
    expect(boardSounds(before, calls(row({ ...now, priority: '3' })), 'there')).toEqual(['update']);
    const conflicts = [{ register: 'location' }] as unknown as IncidentRow['conflicts'];
    expect(boardSounds(before, calls(row({ ...now, conflicts })), 'here')).toEqual(['update']);
    expect(boardSounds(calls(row({ ...now, conflicts })), calls(row(now)), 'here')).toEqual([]);
  });
  it('tell a note that was added elsewhere, and none of one’s own', () => {
    const before = calls(row({ state: 'active', notes: 1 }));
    const noted = row({ state: 'active', notes: 2, setAt: { ...HERE, notes: 'there' } });
    expect(boardSounds(before, calls(noted), 'here')).toEqual(['update']);
    expect(boardSounds(before, calls(noted), 'there')).toEqual([]);
    expect(boardSounds(calls(noted), calls({ ...noted, unsent: 1 }), 'here')).toEqual([]);
  });
  it('tell once that another site asks for a unit, and nothing of what waits for another’s supervisor', () => {
    const unit = (...waitsFor: readonly (string | null)[]): Board => ({
      incidents: {},
      units: { m36: { id: 'm36', contested: waitsFor.map((site) => ({ waitsFor: site })) } as unknown as UnitRow },
    });
    expect(boardSounds(unit(), unit(null), 'here')).toEqual(['update']);
    expect(boardSounds(unit(null), unit(null), 'here')).toEqual([]);
    expect(boardSounds(unit(null), unit(), 'here')).toEqual([]);
    expect(boardSounds(unit(), unit('north'), 'here')).toEqual([]);
    expect(boardSounds(null, unit(null), 'here')).toEqual([]);
  });
  it('tell a time once, when it runs out', () => {
    const limits = () => [30, 60] as const;
    expect(ranOut({ i: row({}) }, limits, 59_000, 60_000)).toEqual(['i']);
    expect(ranOut({ i: row({}) }, limits, 60_000, 61_000)).toEqual([]);
    expect(ranOut({ i: row({ state: 'active' }) }, limits, 59_000, 60_000)).toEqual([]);
    expect(ranOut({ i: row({ reopenedAt: 5_000 }) }, limits, 59_000, 60_000)).toEqual([]);
    expect(ranOut({ i: row({ reopenedAt: 5_000 }) }, limits, 64_000, 65_000)).toEqual(['i']);
  });
  it('tell once that a call on hold is to be looked at again', () => {
    const limits = () => [30, 60] as const;
    const held = (until: number | null) => ({ i: row({ state: 'held', hold: { reason: 'police', until } }) });
    expect(ranOut(held(90_000), limits, 89_000, 90_000)).toEqual(['i']);
    expect(ranOut(held(90_000), limits, 90_000, 91_000)).toEqual([]);
    expect(ranOut(held(90_000), limits, 59_000, 60_000)).toEqual([]);
    expect(ranOut(held(null), limits, 59_000, 60_000)).toEqual([]);
  });
  it('tell once that a unit has been in its status for too long, or is past when it was to be back', () => {
    const unit = (over: Partial<UnitRow>): { m36: UnitRow } => ({
      m36: { id: 'm36', code: 'DP', since: 10_000, until: null, incidents: [], ...over } as UnitRow,
    });
    const limits = (id: string, code: string) => (id === 'm36' && code === 'DP' ? ([30, 60] as const) : null);
    expect(unitsRanOut(unit({}), limits, 69_000, 70_000)).toEqual(['m36']);
    expect(unitsRanOut(unit({}), limits, 70_000, 71_000)).toEqual([]);
    expect(unitsRanOut(unit({ since: 0 }), limits, 59_000, 60_000)).toEqual([]);
    expect(unitsRanOut(unit({ code: 'AV' }), limits, 69_000, 70_000)).toEqual([]);
    const away = { code: 'OOS', until: 90_000 };
    expect(unitsRanOut(unit(away), limits, 89_000, 90_000)).toEqual(['m36']);
    expect(unitsRanOut(unit(away), limits, 90_000, 91_000)).toEqual([]);
  });
  it('repeat priority 1, and what has no priority yet, until it is seen', () => {
    expect(unseenUrgent({ i: row({}) }, new Set(), 'here')).toEqual(['i']);
    expect(unseenUrgent({ i: row({ priority: null }) }, new Set(), 'here')).toEqual(['i']);
    expect(unseenUrgent({ i: row({}) }, new Set(['i']), 'here')).toEqual([]);
    expect(unseenUrgent({ i: row({ priority: '2' }) }, new Set(), 'here')).toEqual([]);
  });
  it('repeat a unit’s emergency until somebody has seen it, the longest waiting first', () => {
    const unit = (id: string, emergency: UnitRow['emergency']) => ({ id, emergency }) as UnitRow;
    const units = {
      m36: unit('m36', { emergency: 'declared', since: 2 }),
      m14: unit('m14', { emergency: 'declared', since: 1 }),
      e06: unit('e06', { emergency: 'seen', since: 0 }),
      e08: unit('e08', null),
    };
    expect(callingForHelp(units).map(({ id }) => id)).toEqual(['m14', 'm36']);
  });
  it('tell the center lost and back, once each', () => {
    const at = (center: ReachRow['center']) => ({ center }) as ReachRow;
    expect(reachSound(at('reached'), at('unreachable'))).toBe('center-lost');
    expect(reachSound(at('unreachable'), at('reached'))).toBe('center-back');
    expect(reachSound(at('never'), at('unreachable'))).toBeNull();
    expect(reachSound(null, at('reached'))).toBeNull();
  });
});
