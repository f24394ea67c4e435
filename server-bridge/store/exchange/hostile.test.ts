/** What a workstation of the site that is not in its right mind has others read, and what of it harms them. */
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../domain/kernel/fact.ts';
import type { LogHead } from '../../../domain/kernel/log.ts';
import { signerOf } from '../../../sealing/signing.ts';
import { AUTHOR, handOver, incidentRef, testCenter, testSite } from '../testing/site.ts';

it('a position that no log can have comes in nobody’s way, by a peer or on the stream', () => {
  const site = testSite();
  const [mallory, reader, other] = [site.open('a'), site.open('b'), site.open('c')];
  const center = testCenter(site);
  const [of, beside] = [incidentRef(site), incidentRef(site)];
  mallory.append([site.opened(of, '26-1')], AUTHOR);
  other.append([site.opened(beside, '26-2')], AUTHOR);
  center.push(mallory);
  center.push(other);
  center.pull(reader);
  const last = mallory.framesFrom(mallory.log(), 2, 1).frames[0] as Frame;
  const h = JSON.stringify({ ...JSON.parse(last.h), id: site.id(), seq: 2 ** 32 + 1 });
  const beyond = { ...last, h, s: signerOf(site.deviceKey('a')).sign(h) };
  reader.accept([beyond], [], 'peer');
  center.fill([beyond]);
  const after = incidentRef(site);
  other.append([site.opened(after, '26-3')], AUTHOR);
  center.push(other);
  center.pull(reader);
  expect(reader.cursor()?.n).toBe(center.page(0).head);
  for (const ref of [of, beside, after]) expect(reader.entity(ref)?.count).toBe(1);
});

it('what it declares lost of its own log ends with its own log', () => {
  const site = testSite();
  const [mallory, reader, other] = [site.open('a'), site.open('b'), site.open('c')];
  const center = testCenter(site);
  mallory.append([site.opened(incidentRef(site), '26-1')], AUTHOR);
  handOver(mallory, reader);
  other.append([site.opened(incidentRef(site), '26-2')], AUTHOR);
  handOver(other, reader);
  const body = { log: mallory.log(), from: 1, to: 2 ** 40 };
  mallory.append([{ type: 'log.gap', v: 1, at: site.now, about: [], replaces: [], body }], AUTHOR);
  handOver(mallory, reader);
  for (const store of [mallory, reader, other]) center.push(store);
  expect(reader.unsentTotal()).toBe(0);
  expect(reader.unacknowledged()).toEqual([]);
});

describe('a marker of bytes that nobody of the site signed', () => {
  it('takes nothing from what the station has to send whose log they named, and no position', () => {
    const site = testSite();
    const a = site.open('a');
    const center = testCenter(site);
    const [ref, after] = [incidentRef(site), incidentRef(site)];
    a.append([site.opened(ref, '26-1')], AUTHOR);
    const { seq, hash } = a.heads()[0] as LogHead;
    center.mark(a.log(), seq + 1);
    center.mark(a.log(), 1_000);
    center.pull(a);
    expect(a.unsentTotal()).toBe(seq);
    expect(a.unacknowledged()).toMatchObject([{ log: a.log(), from: 1 }]);
    const [next] = a.append([site.opened(after, '26-2')], AUTHOR);
    expect(next).toMatchObject({ seq: seq + 1, prev: hash });
  });

  it('lets nobody believe to hold what its author has still to send them', () => {
    const site = testSite();
    const [a, c] = [site.open('a'), site.open('c')];
    const center = testCenter(site);
    const [ref, after] = [incidentRef(site), incidentRef(site)];
    a.append([site.opened(ref, '26-1')], AUTHOR);
    handOver(a, c);
    const { seq } = a.heads()[0] as LogHead;
    for (let n = 1; n <= 3; n++) center.mark(a.log(), seq + n);
    center.pull(c);
    a.append([site.opened(after, '26-2')], AUTHOR);
    handOver(a, c);
    expect(c.entity(after)?.count).toBe(1);
  });
});
