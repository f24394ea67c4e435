import { expect, test } from 'vitest';
import { remembered } from './remembered.ts';

function counted(): { readonly find: () => Promise<number>; readonly times: () => number } {
  let times = 0;
  return { find: async () => ++times, times: () => times };
}

test('whoever asks while it is remembered gets what was found, also while it is still being found', async () => {
  let now = 1_000;
  const { get } = remembered<number>({ clock: () => now, lifeMs: 500 });
  const { find } = counted();
  expect(await Promise.all([get('a', find), get('a', find)])).toEqual([1, 1]);
  now = 1_499;
  expect(await get('a', find)).toBe(1);
  now = 1_500;
  expect(await get('a', find)).toBe(2);
  expect(await get('b', find)).toBe(3);
});

test('what failed, and what is not worth it, is asked for anew', async () => {
  const { get } = remembered<number | null>({ clock: () => 0, lifeMs: 500, isKept: (found) => found !== null });
  await expect(get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await get('a', async () => null)).toBeNull();
  expect(await get('a', async () => 7)).toBe(7);
  expect(await get('a', async () => 8)).toBe(7);
});

test('what was found anew meanwhile outlives the failure of what was asked for before', async () => {
  const { get, anew } = remembered<number>({ clock: () => 0, lifeMs: 500 });
  let fail = (): void => undefined;
  const first = get('a', () => new Promise((_, reject) => (fail = () => reject(new Error('cut off')))));
  expect(await anew('a', async () => 2)).toBe(2);
  fail();
  await expect(first).rejects.toThrow('cut off');
  expect(await get('a', async () => 3)).toBe(2);
});

test('names are forgotten as they are meant, or all, or all where they are too many', async () => {
  const { get, forget } = remembered<number>({ clock: () => 0, lifeMs: 500, most: 2 });
  const { find, times } = counted();
  await get('a', find);
  await get('b', find);
  forget((name) => name === 'a');
  expect([await get('b', find), await get('a', find)]).toEqual([2, 3]);
  await get('c', find);
  expect(await get('c', find)).toBe(4);
  expect(await get('a', find)).toBe(5);
  forget();
  await get('a', find);
  expect(times()).toBe(6);
});
