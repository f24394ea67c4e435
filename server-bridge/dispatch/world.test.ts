import { describe, expect, it } from 'vitest';
import { callsignOf } from '../../domain/cad/views/reading.ts';
import { testCenter, testSite } from '../store/testing/site.ts';
import { createWorld } from './world.ts';

describe('a unit that is archived', () => {
  it('is in the roster no more, and keeps the name under which its runs are told', () => {
    const site = testSite();
    const center = testCenter(site);
    const a = site.open('a');
    const unit = { kind: 'roster_unit', id: 'm36' };
    center.put({ ...unit, version: 1, body: { callsign: 'M36' } });
    center.put({ ...unit, version: 2, body: { callsign: 'M63' } });
    center.pull(a);
    expect(createWorld(a).world.formerUnit('m36')).toBeUndefined();
    center.put({ ...unit, version: 3, body: null });
    center.put({ kind: 'person', id: 'p', version: 1, body: null });
    center.pull(a);
    expect(a.record('roster_unit', 'm36')?.body).toBeNull();
    expect(a.records('roster_unit')).toEqual([]);
    expect(callsignOf(createWorld(a).world, 'unit:m36')).toBe('M63');
    // And what was never known is not made up.
    expect(callsignOf(createWorld(a).world, 'unit:other')).toBe('other');
    expect(a.formerRecord('person', 'p')).toBeUndefined();
  });

  it('is named at a station that was enrolled after that, too', () => {
    const site = testSite();
    const center = testCenter(site);
    const unit = { kind: 'roster_unit', id: 'm36' };
    center.put({ ...unit, version: 2, body: { callsign: 'M63' } });
    center.put({ ...unit, version: 3, body: null });
    const fresh = site.open('b');
    const page = center.page(0);
    fresh.applySnapshot({ cursor: { epoch: page.epoch, n: page.head }, page, folded: [], heads: [] });
    expect(fresh.records('roster_unit')).toEqual([]);
    expect(callsignOf(createWorld(fresh).world, 'unit:m36')).toBe('M63');
  });
});
