import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FactDraft, type Frame, readHeader } from '../../../domain/kernel/fact.ts';
import { shown, shownValue } from '../../../domain/kernel/fold.ts';
import { type EntityRef, idOf } from '../../../domain/kernel/ids.ts';
import { openStore } from '../open.ts';
import { storeOnDisk } from '../testing/on-disk.ts';
import { dispatched, stateOf, UNIT, workedSite } from '../testing/runs.ts';
import { AUTHOR, incidentRef, type TestSite, testCenter } from '../testing/site.ts';

const isAboutAlone =
  (ref: EntityRef) =>
  ({ h }: Frame): boolean => {
    const about = readHeader(h)?.about ?? [];
    return about.length === 1 && about[0] === ref;
  };

const erased = (site: TestSite, ref: EntityRef): FactDraft => ({
  type: 'entity.erased',
  v: 1,
  at: site.now,
  about: [ref],
  replaces: [],
  body: { reason: 'court order' },
});

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
    office.append([erased(site, ref)], AUTHOR);
    const word = office.framesFrom(office.log(), 1, 10);
    center.take(word.frames, word.keys);
    center.pull(store);
    expect(store.entity(ref)).toBeUndefined();
    expect(store.value('draft', 'p1', ref)).toBeUndefined();
    expect([...store.values('document', 'center').keys()]).toEqual(['r2']);
    expect(stateOf(store, UNIT)).toEqual(unit);
    const after = store.framesFrom(store.log(), 1, 100);
    expect(after.frames.map((frame) => frame.h)).toEqual(before.frames.map((frame) => frame.h));
    expect(after.keys.map(({ entity }) => entity)).toEqual([UNIT]);
    expect(after.frames.filter(isAboutAlone(ref)).map((frame) => frame.b)).toEqual([null]);
    expect(store.accept(before.frames, before.keys, 'peer').problems).toEqual([]);
    expect(store.entity(ref)).toBeUndefined();
    const fresh = site.open('b');
    fresh.accept(word.frames, word.keys, 'center');
    fresh.accept(before.frames, before.keys, 'peer');
    expect(fresh.entity(ref)).toBeUndefined();
    expect(
      fresh
        .framesFrom(store.log(), 1, 100)
        .frames.filter(isAboutAlone(ref))
        .map(({ b }) => b),
    ).toEqual([null]);
    expect(stateOf(fresh, UNIT)).toEqual(unit);
  });

  it('leaves the unit where it was sent meanwhile by a console that had not heard, the same at that one and everywhere', () => {
    const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
    const [ref, , unit] = refs as [EntityRef, EntityRef, EntityRef];
    const cutOff = site.open('b');
    center.pull(cutOff);
    const office = site.open('center', { deviceKey: site.centerKey });
    office.append([erased(site, ref)], AUTHOR);
    const word = office.framesFrom(office.log(), 1, 10);
    center.take(word.frames, word.keys);
    center.pull(store);
    const reopened = { type: 'incident.reopened', v: 1, at: site.now, about: [ref], body: {} };
    cutOff.append([{ ...reopened, replaces: shown(cutOff.entity(ref), 'life') }], AUTHOR);
    cutOff.append([dispatched(site, cutOff, ref)], AUTHOR);
    const sent = stateOf(cutOff, unit);
    expect(shownValue(cutOff.entity(unit), 'commitments')).toEqual([ref]);
    center.push(cutOff);
    for (const one of [store, cutOff]) {
      center.pull(one);
      expect(stateOf(one, unit)).toEqual(sent);
      expect(one.entity(ref)).toBeUndefined();
    }
    const { frames, keys } = cutOff.framesFrom(cutOff.log(), 1, 100);
    const late = site.open('c');
    center.pull(late);
    late.accept(frames, keys, 'peer');
    expect(stateOf(late, unit)).toEqual(sent);
    expect(late.entity(ref)).toBeUndefined();
  });

  it('seals what joins two incidents under neither’s key: what one says of the other stays when it is erased', () => {
    const { site, store, center, refs } = workedSite([
      { close: true, clear: true },
      { close: true, clear: true },
    ]);
    const [one, , other] = refs as [EntityRef, EntityRef, EntityRef];
    store.append(
      [{ type: 'incident.linked', v: 1, at: site.now, about: [one, other], replaces: [], body: { linked: true } }],
      AUTHOR,
    );
    center.push(store);
    const before = stateOf(store, other);
    store.erase(one);
    expect(stateOf(store, other)).toEqual(before);
    const { frames, keys } = store.framesFrom(store.log(), 1, 100);
    const fresh = site.open('b');
    fresh.accept(frames, keys, 'peer');
    expect(stateOf(fresh, other)).toEqual(before);
  });

  it('is the center’s word alone', () => {
    const { site, store, refs } = workedSite([{ close: false, clear: false }]);
    const [ref] = refs as [EntityRef];
    const b = site.open('b');
    b.append([erased(site, ref)], AUTHOR);
    const { frames, keys } = b.framesFrom(b.log(), 1, 10);
    expect(store.accept(frames, keys, 'peer').applied).toBe(2);
    expect(store.entity(ref)).toBeDefined();
  });
});

describe('an erasure that comes on the stream', () => {
  const disk = storeOnDisk();

  it('is not over before the log of writes is emptied of what it took, also by whoever opens it after a kill', () => {
    const { store, refs } = disk.worked(8);
    const [ref] = refs as [EntityRef];
    const size = (path = disk.path): number => statSync(`${path}-wal`).size;
    store.rest();
    // Copied back, and kept to be written over: emptied at each pause, every write that follows would have to make it longer.
    expect(size()).toBeGreaterThan(0);
    const center = testCenter(disk.site);
    const office = disk.site.open('center', { deviceKey: disk.site.centerKey });
    office.append([erased(disk.site, ref)], AUTHOR);
    const word = office.framesFrom(office.log(), 1, 10);
    center.take(word.frames, word.keys);
    center.pull(store);
    const killed = join(disk.folder, 'killed.db');
    for (const side of ['', '-wal']) copyFileSync(`${disk.path}${side}`, `${killed}${side}`);
    store.rest();
    expect(size()).toBe(0);
    store.append([disk.site.opened(incidentRef(disk.site), '26-900')], AUTHOR);
    store.rest();
    expect(size()).toBeGreaterThan(0);
    store.abandon();
    const again = openStore(killed, disk.options);
    if (!again.ok) throw new Error(again.message);
    expect(size(killed)).toBeGreaterThan(0);
    again.store.rest();
    expect(size(killed)).toBe(0);
    again.store.close();
  });
});
