import { describe, expect, it } from 'vitest';
import { stateOf } from '../testing/runs.ts';
import { AUTHOR, incidentRef, testCenter, testSite } from '../testing/site.ts';

describe('lost positions', () => {
  it('are skipped once declared, taken where somebody still has them, and offered until the stream brings them', () => {
    const site = testSite();
    const [a, b, c] = [site.open('a'), site.open('b'), site.open('c')];
    const ref = incidentRef(site);
    a.append([site.opened(ref, '1'), ...['p', 'q', 'r', 's'].map((caller) => site.edited(ref, { caller }))], AUTHOR);
    const { frames, keys } = a.framesFrom(a.log(), 1, 10);
    b.accept(frames, keys, 'peer');
    // A's disk lost 3 and 4; its next log says so.
    site.now += 1_000;
    const d = site.reopen('a', site.open('a').serialize());
    d.append(
      [{ type: 'log.gap', v: 1, at: site.now, about: [], replaces: [], body: { log: a.log(), from: 3, to: 4 } }],
      AUTHOR,
    );
    const word = d.framesFrom(d.log(), 1, 10);
    expect(c.accept([...frames.slice(0, 2), ...frames.slice(4)], keys, 'peer').problems[0]).toMatchObject({
      why: 'ahead',
      seq: 5,
    });
    expect(c.accept([...word.frames, ...frames.slice(4)], keys, 'peer').problems).toEqual([]);
    expect(c.heads().find((head) => head.log === a.log())?.seq).toBe(6);
    expect(c.unsentTotal()).toBe(2 + 2 + 2);
    const center = testCenter(site);
    for (const one of [word.frames, frames.slice(0, 2), frames.slice(4)]) center.take(one, keys);
    center.pull(c);
    expect(c.unsentTotal()).toBe(0);
    // B held them all along: the center has passed over them, and B goes on offering just these.
    center.pull(b);
    expect(b.unacknowledged()).toMatchObject([{ log: a.log(), from: 3, count: 2 }]);
    expect(b.unsentAbout(ref)).toBe(2);
    expect(b.isUnsent(JSON.parse(frames[2]?.h ?? '').id)).toBe(true);
    expect(c.accept(frames.slice(2, 4), keys, 'peer').applied).toBe(2);
    expect(stateOf(c, ref)).toEqual(stateOf(b, ref));
    expect(c.unsentTotal()).toBe(2);
    center.fill(frames.slice(2, 4));
    center.pull(b);
    center.pull(c);
    expect([b.unsentTotal(), c.unsentTotal()]).toEqual([0, 0]);

    // A center that was put back from before they came passes over them again.
    const restored = testCenter(site, 'e2');
    for (const one of [word.frames, frames.slice(0, 2), frames.slice(4)]) restored.take(one, keys);
    b.beginEpoch('e2');
    restored.pull(b);
    expect(b.unacknowledged()).toMatchObject([{ log: a.log(), from: 3, count: 2 }]);
  });

  it('are offered no more once the center took them, also to whom its stream says nothing of before a snapshot', () => {
    const site = testSite();
    const [a, c] = [site.open('a'), site.open('c')];
    const ref = incidentRef(site);
    a.append([site.opened(ref, '1'), ...['p', 'q', 'r', 's'].map((caller) => site.edited(ref, { caller }))], AUTHOR);
    const { frames, keys } = a.framesFrom(a.log(), 1, 10);
    site.now += 1_000;
    const again = site.reopen('a', site.open('a').serialize());
    const body = { log: a.log(), from: 3, to: 4 };
    again.append([{ type: 'log.gap', v: 1, at: site.now, about: [], replaces: [], body }], AUTHOR);
    const word = again.framesFrom(again.log(), 1, 10);
    const center = testCenter(site);
    for (const taken of [word.frames, frames]) center.take(taken, keys);
    c.accept([...frames, ...word.frames], keys, 'peer');
    const head = center.page(0).items.length;
    c.applySnapshot({
      cursor: { epoch: 'e1', n: head },
      page: { ...center.page(0), items: [] },
      folded: [],
      heads: [...a.heads(), ...again.heads()],
    });
    expect(c.unacknowledged()).toMatchObject([{ log: a.log(), from: 3, count: 2 }]);
    const { frames: offered } = c.framesFrom(a.log(), 3, 10);
    // One that the center would not have, and one that its word does not cover, wait on.
    c.acknowledge([], offered);
    c.acknowledge([center.ack(a.log())], offered.slice(1));
    expect(c.unacknowledged()).toMatchObject([{ log: a.log(), from: 3, count: 1 }]);
    c.acknowledge([center.ack(a.log())], offered);
    expect(c.unsentTotal()).toBe(0);
    c.beginEpoch('e2');
    expect(c.unsentTotal()).toBe(frames.length + word.frames.length);
  });
});
