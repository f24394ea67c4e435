import { describe, expect, it } from 'vitest';
import { entityRef } from '../../../domain/kernel/ids.ts';
import { effectsOf, READS } from '../../../domain/modules.ts';
import type { StoreOptions } from '../options.ts';
import { AUTHOR, handOver, testSite } from '../testing/site.ts';

const TYPE = 'unit.emergency@1';
const OLDER = READS.filter((type) => type !== TYPE);
/** As a build before the type opens its store. */
const older: Partial<StoreOptions> = {
  reads: OLDER,
  effectsOf: (fact) => (OLDER.includes(`${fact.type}@${fact.v}`) ? effectsOf(fact) : null),
};
const ALL_READ = { emit: READS, older: [] };
const B_IS_OLDER = { emit: OLDER, older: [{ station: 'b', lacks: [TYPE] }] };
const nobody: ReadonlySet<string> = new Set();

describe('what a station knows of who reads what', () => {
  it('is nothing before the center has spoken, then its last word, also after a restart', () => {
    const site = testSite();
    const a = site.open('a');
    expect(a.notReadBy(TYPE)).toEqual([]);
    a.saveReaders(B_IS_OLDER, nobody);
    expect(a.notReadBy(TYPE)).toEqual(['b']);
    const again = site.reopen('a', a.serialize());
    expect(again.notReadBy(TYPE)).toEqual(['b']);
    again.saveReaders(ALL_READ, nobody);
    expect(again.notReadBy(TYPE)).toBeNull();
  });

  it('is what peers say of themselves, until the center speaks and they are not linked', () => {
    const site = testSite();
    const a = site.open('a');
    a.saveReaders(ALL_READ, nobody);
    a.heardReads('b', OLDER);
    expect(site.reopen('a', a.serialize()).notReadBy(TYPE)).toEqual(['b']);
    a.saveReaders(ALL_READ, new Set(['b']));
    expect(a.notReadBy(TYPE)).toEqual(['b']);
    a.saveReaders(ALL_READ, nobody);
    expect(a.notReadBy(TYPE)).toBeNull();
    a.saveReaders(B_IS_OLDER, nobody);
    a.heardReads('b', READS);
    expect(a.notReadBy(TYPE)).toBeNull();
  });

  it('leaves out who is revoked, and is written once', () => {
    const site = testSite();
    const a = site.open('a');
    a.saveReaders(B_IS_OLDER, nobody);
    const roster = site.roster();
    let commits = 0;
    a.onChange(() => commits++);
    a.saveReaders(B_IS_OLDER, nobody);
    a.heardReads('c', READS);
    a.heardReads('c', READS);
    expect(commits).toBe(1);
    const peers = roster.peers.map((peer) => ({ ...peer, revoked: peer.station === 'b' }));
    a.saveRoster({ ...roster, version: 2, peers }, []);
    expect(a.notReadBy(TYPE)).toBeNull();
  });

  it('counts its own build as it is, not as the center last saw it', () => {
    const site = testSite();
    const b = site.open('b', older);
    b.saveReaders(B_IS_OLDER, nobody);
    expect(b.notReadBy(TYPE)).toEqual(['b']);
    expect(site.reopen('b', b.serialize()).notReadBy(TYPE)).toBeNull();
  });
});

describe('a workstation of an older build', () => {
  it('keeps what it cannot read, shows it partly and passes it on; updated, it shows it whole', () => {
    const site = testSite();
    const [a, b, c] = [site.open('a'), site.open('b', older), site.open('c')];
    const unit = entityRef('unit', 'm36');
    const body = { emergency: 'declared' };
    a.append([{ type: 'unit.emergency', v: 1, at: site.now, about: [unit], replaces: [], body }], AUTHOR);
    handOver(a, b);
    expect(b.entity(unit)).toMatchObject({ partly: true, registers: {} });
    handOver(b, c);
    expect(c.entity(unit)).toEqual(a.entity(unit));
    const updated = site.reopen('b', b.serialize());
    expect(updated.entity(unit)).toMatchObject({ partly: false, registers: a.entity(unit)?.registers });
    // What is whole is not folded again by every build.
    expect(site.reopen('b', updated.serialize()).entity(unit)).toEqual(a.entity(unit));
  });
});
