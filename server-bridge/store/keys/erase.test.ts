import { describe, expect, it } from 'vitest';
import { type EntityRef, idOf } from '../../../domain/kernel/ids.ts';
import { stateOf, UNIT, workedSite } from '../testing/runs.ts';
import { AUTHOR } from '../testing/site.ts';

describe('erasure', () => {
  it('takes bodies, keys, state, drafts and documents, keeps others’ state and the chain, and lets nothing come back', () => {
    const { site, store, center, refs } = workedSite([{ close: false, clear: false }]);
    const [ref] = refs as [EntityRef];
    const unit = stateOf(store, UNIT);
    const before = store.framesFrom(store.log(), 1, 100);
    store.saveValue('draft', 'p1', ref, { caller: 'Ada' });
    center.put({ kind: 'report', id: 'r1', version: 1, body: { incident: idOf(ref), number: '26-1' } });
    center.put({ kind: 'report', id: 'r2', version: 1, body: { incident: 'another', number: '26-2' } });
    for (const report of ['r1', 'r2']) store.saveValue('document', 'center', report, { base64: 'JVBERi0=' });
    const office = site.open('center', { deviceKey: site.centerKey });
    office.append(
      [{ type: 'entity.erased', v: 1, at: site.now, about: [ref], replaces: [], body: { reason: 'court order' } }],
      AUTHOR,
    );
    const word = office.framesFrom(office.log(), 1, 10);
    center.take(word.frames, word.keys);
    center.pull(store);
    expect(store.entity(ref)).toBeUndefined();
    expect(store.value('draft', 'p1', ref)).toBeUndefined();
    expect([...store.values('document', 'center').keys()]).toEqual(['r2']);
    expect(stateOf(store, UNIT)).toEqual(unit);
    const after = store.framesFrom(store.log(), 1, 100);
    expect(after.frames.map((frame) => frame.h)).toEqual(before.frames.map((frame) => frame.h));
    expect(after.keys).toEqual([]);
    expect(after.frames.filter((frame) => frame.h.includes(ref)).map((frame) => frame.b)).toEqual([null, null]);
    expect(store.accept(before.frames, before.keys, 'peer').problems).toEqual([]);
    expect(store.entity(ref)).toBeUndefined();
    const fresh = site.open('b');
    fresh.accept(word.frames, word.keys, 'center');
    fresh.accept(before.frames, before.keys, 'peer');
    expect(fresh.entity(ref)).toBeUndefined();
    expect(
      fresh.framesFrom(store.log(), 1, 100).frames.filter((frame) => frame.k !== null && frame.b !== null),
    ).toEqual([]);
  });

  it('is the center’s word alone', () => {
    const { site, store, refs } = workedSite([{ close: false, clear: false }]);
    const [ref] = refs as [EntityRef];
    const b = site.open('b');
    b.append(
      [{ type: 'entity.erased', v: 1, at: site.now, about: [ref], replaces: [], body: { reason: 'no' } }],
      AUTHOR,
    );
    const { frames, keys } = b.framesFrom(b.log(), 1, 10);
    expect(store.accept(frames, keys, 'peer').applied).toBe(2);
    expect(store.entity(ref)).toBeDefined();
  });
});
