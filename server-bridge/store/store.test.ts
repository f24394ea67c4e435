import { describe, expect, it } from 'vitest';
import { inConflict, settledState, shown, shownValue } from '../../domain/kernel/fold.ts';
import { wrapKey } from '../../sealing/cipher.ts';
import { StoreFailure } from './state.ts';
import type { Change } from './store.ts';
import { AUTHOR, handOver, incidentRef, testCenter, testSite } from './testing/site.ts';

describe('appending', () => {
  it('opens a log with its first fact, chains, folds, and tells what changed after the commit', () => {
    const site = testSite();
    const store = site.open('a');
    const changes: Change[] = [];
    store.onChange((change) => changes.push(change));
    const ref = incidentRef(site);
    const facts = store.append([site.opened(ref, '26-00001', { priority: '1' })], AUTHOR);
    expect(facts).toHaveLength(1);
    expect(store.heads()).toEqual([{ log: store.log(), seq: 2, hash: expect.any(String) }]);
    expect(changes).toHaveLength(1);
    expect(changes[0]?.facts.map((fact) => fact.type)).toEqual(['log.opened', 'incident.opened']);
    expect(changes[0]?.entities).toEqual([ref]);
    expect(shownValue(store.entity(ref), 'priority')).toBe('1');
    expect(store.factsAbout(ref).map((fact) => fact.content)).toEqual([facts[0]?.content]);
    expect(store.fact(facts[0]?.id ?? '')?.content).toEqual(facts[0]?.content);
    expect(store.unsentTotal()).toBe(2);
    expect(store.unsentAbout(ref)).toBe(1);
  });

  it('tells everybody of everything that was committed, also where one of them fails at it', () => {
    const site = testSite();
    const store = site.open('a');
    const [ref, other] = [incidentRef(site), incidentRef(site)];
    const heard: string[] = [];
    store.onChange((change) => {
      if (change.entities.includes(ref)) store.append([site.opened(other, '2')], AUTHOR);
      throw new Error('cannot show it');
    });
    store.onChange(({ entities }) => heard.push(...entities));
    expect(() => store.append([site.opened(ref, '1')], AUTHOR)).toThrow('cannot show it');
    expect(heard).toEqual([ref, other]);
    expect([ref, other].map((one) => store.factsAbout(one).length)).toEqual([1, 1]);
  });

  it('answers with what was committed where somebody fails at it afterwards, and says so to its owner', () => {
    const site = testSite();
    const store = site.open('a');
    const [ref, other] = [incidentRef(site), incidentRef(site)];
    const failures: unknown[] = [];
    const stop = store.onListenerFailed((error) => failures.push(error));
    const [first, second] = [new Error('cannot show it'), new StoreFailure('disk full')];
    store.onChange((change) => {
      if (change.entities.includes(ref)) store.append([site.opened(other, '2')], AUTHOR);
      throw first;
    });
    store.onChange(() => {
      throw second;
    });
    expect(store.append([site.opened(ref, '1')], AUTHOR).map(({ type }) => type)).toEqual(['incident.opened']);
    expect(failures).toEqual([first, second, first, second]);
    stop();
    expect(() => store.append([site.edited(ref, {})], AUTHOR)).toThrow('cannot show it');
    expect(failures).toHaveLength(4);
  });

  it('keeps all of a call or none of it', () => {
    const site = testSite();
    const store = site.open('a');
    const ref = incidentRef(site);
    const bad = { ...site.edited(ref, {}), replaces: Array.from({ length: 256 }, () => 'x'.repeat(128)) };
    expect(() => store.append([site.opened(ref, '1'), bad], AUTHOR)).toThrow(/incident.edited/);
    expect(store.entity(ref)).toBeUndefined();
    expect(store.heads()).toEqual([]);
    store.append([site.opened(ref, '1')], AUTHOR);
    expect(store.heads()[0]?.seq).toBe(2);
  });

  it('goes on sealing under the key that the entity was made with, whatever keys others bring for it', () => {
    const site = testSite();
    const store = site.open('a');
    const ref = incidentRef(site);
    store.append([site.opened(ref, '1')], AUTHOR);
    const under = site.siteKeys[0] as { readonly id: string; readonly key: string };
    const about = { id: '----', entity: ref, org: site.org, site: site.site, under: under.id };
    const random = (length: number): Uint8Array => new Uint8Array(length).fill(7);
    const brought = wrapKey(Buffer.from(under.key, 'base64url'), random(32), about, random);
    store.applyPage({ ...testCenter(site).page(0), keys: [brought] });
    const again = site.reopen('a', store.serialize());
    again.append([site.edited(ref, { caller: 'Ada' })], AUTHOR);
    const keyOf = (log: string): unknown => store.framesFrom(log, 2, 1).frames[0]?.k;
    expect(keyOf(store.log())).toEqual(expect.any(String));
    expect(again.framesFrom(again.log(), 2, 1).frames[0]?.k).toBe(keyOf(store.log()));
  });

  it('names the head of the log before when it is opened again, and closes its log', () => {
    const site = testSite();
    const store = site.open('a');
    store.append([site.opened(incidentRef(site), '1')], AUTHOR);
    const before = store.heads()[0];
    const bytes = store.serialize();
    store.close();
    site.now += 1_000;
    const again = site.reopen('a', bytes);
    expect(again.log()).not.toBe(before?.log);
    again.append([site.opened(incidentRef(site), '2')], AUTHOR);
    const { frames } = again.framesFrom(again.log(), 1, 1);
    const facts = [...again.heads()];
    expect(facts).toHaveLength(2);
    expect(again.fact(JSON.parse(frames[0]?.h ?? '{}').id)?.content).toMatchObject({ after: before });
  });
});

describe('peers', () => {
  it('hold the same after exchanging, and take nothing twice', () => {
    const site = testSite();
    const [a, b] = [site.open('a'), site.open('b')];
    const ref = incidentRef(site);
    const [opened] = a.append([site.opened(ref, '1', { priority: '2' })], AUTHOR);
    handOver(a, b);
    a.append([site.edited(ref, { priority: '1' }, [opened?.id ?? ''])], AUTHOR);
    site.now += 5;
    b.append([site.edited(ref, { priority: '3' }, [opened?.id ?? ''])], AUTHOR);
    handOver(a, b);
    handOver(b, a);
    handOver(b, a);
    expect(inConflict(a.entity(ref), 'priority')).toBe(true);
    expect(settledState(a.entity(ref) as never)).toEqual(settledState(b.entity(ref) as never));
    expect(a.factsAbout(ref)).toEqual(b.factsAbout(ref));
    const { frames, keys } = b.framesFrom(b.log(), 1, 10);
    expect(a.accept(frames, keys, 'peer')).toMatchObject({ applied: 0, problems: [] });
    b.append([site.edited(ref, { priority: '3' }, shown(b.entity(ref), 'priority'))], AUTHOR);
    handOver(b, a);
    expect(inConflict(a.entity(ref), 'priority')).toBe(false);
    expect(shownValue(a.entity(ref), 'priority')).toBe('3');
  });

  it('take only what is next, authentic, and of a known device', () => {
    const site = testSite();
    const [a, b] = [site.open('a'), site.open('b')];
    const ref = incidentRef(site);
    a.append([site.opened(ref, '1'), site.edited(ref, { caller: 'x' })], AUTHOR);
    const { frames, keys } = a.framesFrom(a.log(), 1, 10);
    const [one, two, three] = frames as unknown as [never, { h: string }, never];
    expect(b.accept([three], keys, 'peer').problems).toEqual([{ log: a.log(), seq: 3, why: 'ahead' }]);
    const forged = { ...(two as never as object), h: two.h.replace('"by":"u1"', '"by":"u2"') };
    expect(b.accept([one, forged as never], keys, 'peer').problems).toEqual([{ log: a.log(), seq: 2, why: 'forged' }]);
    const stranger = testSite('other', ['z']).open('z');
    stranger.append([site.opened(ref, '1')], AUTHOR);
    const theirs = stranger.framesFrom(stranger.log(), 1, 10);
    expect(b.accept(theirs.frames, [], 'peer').problems[0]).toMatchObject({ why: 'ahead', device: 'z' });
    expect(b.heads()).toMatchObject([{ log: a.log(), seq: 1 }]);
  });

  it('come together on what the center numbered, where a turned workstation wrote a log twice', () => {
    const site = testSite();
    const center = testCenter(site);
    // Of one seed: what they write is one log until they write different things.
    const [turned, twin] = [site.open('c'), site.open('c')];
    expect(twin.log()).toBe(turned.log());
    const ref = incidentRef(site);
    for (const of of [turned, twin]) of.append([site.opened(ref, '1')], AUTHOR);
    for (const [of, caller] of [
      [turned, 'what the center took'],
      [twin, 'what peers were told'],
    ] as const) {
      of.append([site.edited(ref, { caller }), site.edited(ref, { callback: caller })], AUTHOR);
    }
    twin.append([site.edited(ref, { apartment: '9' })], AUTHOR);
    const [a, b] = [site.open('a'), site.open('b')];
    handOver(turned, a);
    handOver(twin, b);
    expect(b.entity(ref)).not.toEqual(a.entity(ref));
    center.push(turned);
    for (const store of [a, b]) center.pull(store);
    expect(settledState(b.entity(ref) as never)).toEqual(settledState(a.entity(ref) as never));
    expect(b.factsAbout(ref)).toEqual(a.factsAbout(ref));
    expect(b.heads()).toEqual(a.heads());
  });

  it('keep every key of the site that they were given, whatever the center sends later', () => {
    const site = testSite();
    const a = site.open('a');
    const ref = incidentRef(site);
    a.append([site.opened(ref, '1', { caller: 'Ada' })], AUTHOR);
    // As after a restore, or from a center that means ill: newer, signed, and without the key that all this is under.
    const other = { id: 'sk9', key: Buffer.alloc(32, 9).toString('base64url') };
    a.saveRoster({ ...site.roster(), version: 2 }, [other]);
    const late = incidentRef(site);
    a.append([site.opened(late, '2', { caller: 'Bea' })], AUTHOR);
    const again = site.reopen('a', a.serialize(), { siteKeys: [] });
    expect(again.factsAbout(ref)[0]?.content).toMatchObject({ caller: 'Ada' });
    expect(again.factsAbout(late)[0]?.content).toMatchObject({ caller: 'Bea' });
    // What is new is under the key that the center names first.
    const [first] = again.framesFrom(again.heads()[0]?.log ?? '', 3, 1).keys;
    expect(first?.under).toBe('sk9');
  });

  it('open a body when its key comes later', () => {
    const site = testSite();
    const [a, b] = [site.open('a'), site.open('b')];
    const ref = incidentRef(site);
    a.append([site.opened(ref, '1', { caller: 'Ada' })], AUTHOR);
    const { frames, keys } = a.framesFrom(a.log(), 1, 10);
    b.accept(frames, [], 'peer');
    expect(b.entity(ref)?.partly).toBe(true);
    b.rest();
    b.accept([], keys, 'peer');
    expect(shownValue(b.entity(ref), 'caller')).toBe('Ada');
    expect(b.entity(ref)?.partly).toBe(false);
    // Killed at once: it does not wait for another key.
    const again = site.reopen('b', b.serialize());
    expect(shownValue(again.entity(ref), 'caller')).toBe('Ada');
    expect(again.entity(ref)?.partly).toBe(false);
  });
});

describe('the stream', () => {
  it('is applied at the cursor and nowhere else, and what came on it is at the center', () => {
    const site = testSite();
    const center = testCenter(site);
    const [a, b] = [site.open('a'), site.open('b')];
    const ref = incidentRef(site);
    a.append([site.opened(ref, '1')], AUTHOR);
    expect(a.unsentTotal()).toBe(2);
    center.push(a);
    expect(a.unsentTotal()).toBe(0);
    center.put({ kind: 'agency', id: 'x', version: 1, body: { name: 'X' } });
    expect(b.applyPage(center.page(1))).toBe('gap');
    expect(b.applyPage(center.page(0))).toBe('applied');
    expect(b.applyPage(center.page(0))).toBe('gap');
    expect(b.cursor()).toEqual({ epoch: 'e1', n: 3 });
    expect(b.unsentTotal()).toBe(0);
    expect(b.record('agency', 'x')?.body).toEqual({ name: 'X' });
    center.pull(a);
    expect(settledState(a.entity(ref) as never)).toEqual(settledState(b.entity(ref) as never));
    expect(a.heads()).toEqual(b.heads());
    a.beginEpoch('e2');
    expect(a.cursor()).toEqual({ epoch: 'e2', n: 0 });
    expect(a.unacknowledged()).toEqual([{ log: a.log(), from: 1, through: 2, count: 2, own: true }]);
  });
});
