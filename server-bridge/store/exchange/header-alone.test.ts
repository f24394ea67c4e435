/** What somebody's damaged disk left of another one's fact: its header, which the center may have before its body. */
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../domain/kernel/fact.ts';
import { stateOf } from '../testing/runs.ts';
import { AUTHOR, incidentRef, testCenter, testSite } from '../testing/site.ts';

const alone = (frame: Frame): Frame => ({ ...frame, k: null, b: null });

function begun() {
  const site = testSite();
  const center = testCenter(site);
  const [a, b, c] = [site.open('a'), site.open('b'), site.open('c')];
  const ref = incidentRef(site);
  a.append([site.opened(ref, '1'), site.edited(ref, { caller: 'p' }), site.edited(ref, { priority: '1' })], AUTHOR);
  const { frames, keys } = a.framesFrom(a.log(), 1, 10);
  const left = frames.map((frame, i) => (i === 1 ? alone(frame) : frame));
  b.accept(frames, keys, 'peer');
  c.accept(left, keys, 'peer');
  center.take(left, keys);
  return { site, center, a, b, c, ref, frames, keys };
}

describe('a header that the center has without its body', () => {
  it('is offered with it by its author and by whoever has it, until the stream brings it whole', () => {
    const { center, a, b, c, ref, frames } = begun();
    for (const one of [a, b, c]) center.pull(one);
    for (const one of [a, b]) {
      expect(one.unacknowledged()).toMatchObject([{ log: a.log(), from: 2, count: 1 }]);
      expect(one.isUnsent(JSON.parse(frames[1]?.h ?? '').id)).toBe(true);
    }
    expect(c.unsentTotal()).toBe(0);
    expect(c.entity(ref)?.partly).toBe(true);
    center.fill(frames.slice(1, 2));
    for (const one of [a, b, c]) {
      center.pull(one);
      expect(one.unsentTotal()).toBe(0);
      expect(stateOf(one, ref)).toEqual(stateOf(a, ref));
    }
    expect(c.entity(ref)?.partly).toBe(false);
  });

  it('is offered no more to a center that took it', () => {
    const { center, a, b } = begun();
    center.pull(b);
    b.acknowledge([center.ack(a.log())], b.framesFrom(a.log(), 2, 10).frames);
    expect(b.unsentTotal()).toBe(0);
  });

  it('is not offered with another past of the log that it is of', () => {
    const { site, a } = begun();
    const other = testCenter(site, 'e1');
    const twin = site.open('a');
    const ref = incidentRef(site);
    twin.append([site.opened(ref, '9'), site.edited(ref, { caller: 'z' })], AUTHOR);
    expect(twin.log()).toBe(a.log());
    other.take(
      twin.framesFrom(twin.log(), 1, 10).frames.map((frame, i) => (i === 0 ? frame : alone(frame))),
      [],
    );
    other.pull(a);
    expect(a.unacknowledged()).toMatchObject([{ from: 4, count: 1 }]);
  });

  it('is not dropped where its body is not held: it may come after all, and is no part of what is folded', () => {
    const { site, center, a, c, ref, frames } = begun();
    a.append([site.closed(ref, [])], AUTHOR);
    center.push(a);
    center.pull(c);
    site.now += 90 * 86_400_000;
    while (c.prune(site.now - 86_400_000).more);
    expect(c.fact(JSON.parse(frames[2]?.h ?? '').id)).toBeNull();
    expect(c.fact(JSON.parse(frames[1]?.h ?? '').id)).not.toBeNull();
    center.fill(frames.slice(1, 2));
    for (const one of [a, c]) center.pull(one);
    expect(c.entity(ref)?.partly).toBe(false);
    expect(stateOf(c, ref)).toEqual(stateOf(a, ref));
  });

  it('is what a peer brings with a body that it does not name: the real one is taken when it comes', () => {
    const { site, ref, a, frames, keys } = begun();
    const late = site.open('b');
    const garbled = frames.map((frame, i) => (i === 1 ? { ...frame, b: frames[2]?.b ?? null } : frame));
    expect(late.accept(garbled, keys, 'peer').problems).toEqual([]);
    expect(late.entity(ref)?.partly).toBe(true);
    late.accept(frames, keys, 'peer');
    expect(late.entity(ref)?.partly).toBe(false);
    expect(stateOf(late, ref)).toEqual(stateOf(a, ref));
  });

  it('is found by its id once its body has come, also where the process is killed right after that', () => {
    const { site, c, frames, keys } = begun();
    c.rest();
    c.accept(frames.slice(1, 2), keys, 'peer');
    const again = site.reopen('c', c.serialize());
    expect(again.fact(JSON.parse(frames[1]?.h ?? '').id)?.content).toBeDefined();
  });

  it('is what a peer brings without the body that it erased, where nobody here ever hears of that erasure', () => {
    const { site, ref, a, frames, keys } = begun();
    const late = site.open('b');
    const erased = frames.map((frame) => ({ ...frame, b: null }));
    late.accept(erased, keys, 'peer');
    expect(late.entity(ref)?.partly).toBe(true);
    late.accept(frames, keys, 'peer');
    expect(stateOf(late, ref)).toEqual(stateOf(a, ref));
    expect(late.entity(ref)?.partly).toBe(false);
  });

  it('of what was erased is given no body once the erasure is heard of', () => {
    const { site, ref, a, frames } = begun();
    const late = site.open('b');
    late.accept(
      frames.map((frame) => ({ ...frame, b: null })),
      [],
      'peer',
    );
    late.erase(ref);
    late.accept(frames, [], 'peer');
    expect(late.entity(ref)).toBeUndefined();
    const sealed = late.framesFrom(a.log(), 1, 10).frames.filter((_, i) => frames[i]?.k != null);
    expect(sealed.length).toBeGreaterThan(2);
    expect(sealed.filter(({ b }) => b !== null)).toEqual([]);
  });

  it('and that says what of a log is lost says so as soon as it has it', () => {
    const { site, a, frames, keys } = begun();
    site.now += 1_000;
    const again = site.reopen('a', site.open('a').serialize());
    const body = { log: a.log(), from: 2, to: 2 };
    again.append([{ type: 'log.gap', v: 1, at: site.now, about: [], replaces: [], body }], AUTHOR);
    const word = again.framesFrom(again.log(), 1, 10).frames;
    const late = site.open('b');
    late.accept([...word.map(alone), ...frames.slice(0, 1)], keys, 'peer');
    expect(late.accept(frames.slice(2), keys, 'peer').problems).toMatchObject([{ why: 'ahead' }, { why: 'ahead' }]);
    expect(late.accept([...word, ...frames.slice(2)], keys, 'peer').problems).toEqual([]);
  });
});
