/** A store whose files are deleted, moved or replaced while it is open. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from './open.ts';
import { positions, storeOnDisk } from './testing/on-disk.ts';
import { AUTHOR, incidentRef } from './testing/site.ts';

const disk = storeOnDisk();

const take = (store: ReturnType<typeof disk.opened>, number: string): void =>
  void store.append([disk.site.opened(incidentRef(disk.site), number)], AUTHOR);

function reopened() {
  const again = openStore(disk.path, disk.options);
  if (!again.ok) throw new Error(again.message);
  let found: string = 'more';
  while (found === 'more') found = again.store.scrub(100);
  expect(found).toBe('sound');
  return again.store;
}

const lost: readonly (readonly [string, () => void])[] = [
  ['deleted', () => rmSync(disk.path)],
  ['deleted with its log of writes', () => ['', '-wal'].forEach((side) => void rmSync(`${disk.path}${side}`))],
  ['left without its log of writes', () => rmSync(`${disk.path}-wal`)],
  [
    'replaced by another',
    () => {
      writeFileSync(`${disk.path}.new`, 'of somebody else');
      renameSync(`${disk.path}.new`, disk.path);
      writeFileSync(`${disk.path}-wal.new`, 'of somebody else, too');
      renameSync(`${disk.path}-wal.new`, `${disk.path}-wal`);
    },
  ],
];

describe('a store that is open', () => {
  it.each(lost)(
    'is whole again once it is put back, where it was %s, and goes on being given facts until then',
    (_, lose) => {
      const { store } = disk.worked(20);
      store.rest();
      take(store, 'before');
      expect(store.isInPlace()).toBe(true);
      lose();
      expect(store.isInPlace()).toBe(false);
      // Nothing is read that is another's, and nothing of it said to be damage.
      expect(store.scrub(100_000)).toBe('more');
      take(store, 'after');
      const held = positions(store);
      store.putBack();
      store.abandon();
      const again = reopened();
      expect(positions(again)).toBe(held);
      take(again, 'anew');
      again.close();
      const found = readdirSync(disk.folder).filter((name) => name.includes('.found-'));
      expect(found.map((name) => readFileSync(join(disk.folder, name), 'utf8').slice(0, 16))).toEqual(
        found.map(() => 'of somebody else'),
      );
    },
  );

  it('is in place again where its folder is moved back, and is not put where there is none', () => {
    const { store } = disk.worked(8);
    const moved = `${disk.folder}-moved`;
    renameSync(disk.folder, moved);
    expect(store.isInPlace()).toBe(false);
    take(store, 'while it is away');
    // What the center will say again is not synced with the rest.
    store.saveRoster({ ...disk.site.roster(), version: 99 }, []);
    take(store, 'after that');
    expect(() => store.putBack()).toThrow(expect.objectContaining({ state: 'unwritable' }));
    take(store, 'and goes on');
    renameSync(moved, disk.folder);
    expect(store.isInPlace()).toBe(true);
    const held = positions(store);
    store.abandon();
    const again = reopened();
    expect(positions(again)).toBe(held);
    again.close();
    expect(existsSync(moved)).toBe(false);
  });

  it('is left as it is where it cannot be put back, and put back later', () => {
    const { store } = disk.worked(8);
    rmSync(disk.path);
    const inTheWay = `${disk.path}.refill`;
    mkdirSync(inTheWay);
    expect(() => store.putBack()).toThrow();
    take(store, 'all the same');
    expect(store.isInPlace()).toBe(false);
    rmSync(inTheWay, { recursive: true });
    store.putBack();
    const held = positions(store);
    store.abandon();
    const again = reopened();
    expect(positions(again)).toBe(held);
    again.close();
  });
});
