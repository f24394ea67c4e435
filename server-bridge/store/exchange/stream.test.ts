import { describe, expect, it } from 'vitest';
import type { RecordVersion, StreamPage } from '../../../domain/kernel/stream.ts';
import { itemHash } from '../../../sealing/digest.ts';
import { AUTHOR, handOver, incidentRef, testCenter, testSite } from '../testing/site.ts';

/** The page with every signature another one's. */
function missigned(page: StreamPage): StreamPage {
  const other = 'A'.repeat(86);
  return {
    ...page,
    items: page.items.map((item) => ('frame' in item ? { ...item, frame: { ...item.frame, s: other } } : item)),
  };
}

describe('the stream', () => {
  it('puts a marker where a frame is forged', () => {
    const site = testSite();
    const author = site.open('a');
    const reader = site.open('b');
    const center = testCenter(site);
    const ref = incidentRef(site);
    author.append([site.opened(ref, '26-1')], AUTHOR);
    center.push(author);
    expect(reader.applyPage(missigned(center.page(0)))).toBe('applied');
    expect(reader.entity(ref)).toBeUndefined();
    expect(reader.framesFrom(author.log(), 1, 10).frames).toEqual([]);
    expect(reader.cursor()).toEqual({ epoch: 'e1', n: 2 });
  });

  it('takes what is held to the letter as what the center holds, and keeps the frame that was verified', () => {
    const site = testSite();
    const author = site.open('a');
    const reader = site.open('b');
    const center = testCenter(site);
    const ref = incidentRef(site);
    author.append([site.opened(ref, '26-1')], AUTHOR);
    handOver(author, reader);
    const held = reader.framesFrom(author.log(), 1, 10).frames;
    expect(held).toHaveLength(2);
    expect(reader.unsentTotal()).toBe(2);
    center.push(author);
    expect(reader.applyPage(missigned(center.page(0)))).toBe('applied');
    expect(reader.unsentTotal()).toBe(0);
    expect(reader.framesFrom(author.log(), 1, 10).frames).toEqual(held);
    expect(reader.entity(ref)?.count).toBe(1);
  });

  it('knows what stands at its cursor, unless a snapshot that leaves it out or a new epoch put the cursor there', () => {
    const site = testSite();
    const author = site.open('a');
    const center = testCenter(site);
    const ref = incidentRef(site);
    author.append([site.opened(ref, '26-1')], AUTHOR);
    center.push(author);
    center.put({ kind: 'roster_unit', id: 'u1', version: 1, body: { b: 1, a: null } });
    const page = center.page(0);
    const hashes = page.items.map(itemHash);
    expect(new Set(hashes).size).toBe(3);

    const reader = site.open('b');
    expect(reader.cursorHash()).toBeNull();
    reader.applyPage(center.page(0, 2));
    expect(reader.cursorHash()).toBe(hashes[1]);
    reader.applyPage(center.page(2));
    expect(reader.cursorHash()).toBe(hashes[2]);
    reader.applyPage(center.page(3));
    expect(reader.cursorHash()).toBe(hashes[2]);
    reader.beginEpoch('e2');
    expect(reader.cursorHash()).toBeNull();

    const begun = (items: StreamPage['items']): string | null => {
      const fresh = site.open('c');
      fresh.applySnapshot({ cursor: { epoch: 'e1', n: 3 }, page: { ...page, items }, folded: [], heads: [] });
      return fresh.cursorHash();
    };
    expect(begun(page.items)).toBe(hashes[2]);
    expect(begun(page.items.slice(0, 2))).toBeNull();
  });

  it('takes what a center that was put back says of a record, whose numbers it goes through once more', () => {
    const site = testSite();
    const reader = site.open('b');
    const unit = (version: number, body: RecordVersion['body']): RecordVersion => ({
      kind: 'roster_unit',
      id: 'u1',
      version,
      body,
    });
    const before = testCenter(site);
    before.put(unit(1, { callsign: 'M1' }));
    before.put(unit(2, { callsign: 'M2' }));
    before.put(unit(3, { callsign: 'M3' }));
    before.put({ ...unit(1, { callsign: 'E9' }), id: 'u2' });
    reader.applyPage(before.page(0));
    // From a backup of the first day; what the unit is now was said again.
    const after = testCenter(site, 'e2');
    after.put(unit(1, { callsign: 'M1' }));
    reader.beginEpoch('e2');
    expect(reader.record('roster_unit', 'u1')?.body).toEqual({ callsign: 'M3' });
    after.put(unit(2, { callsign: 'M7' }));
    reader.applyPage(after.page(0));
    expect(reader.record('roster_unit', 'u1')).toEqual(unit(2, { callsign: 'M7' }));
    // What the backup did not have stays as it was last known.
    expect(reader.record('roster_unit', 'u2')?.body).toEqual({ callsign: 'E9' });
  });
});
