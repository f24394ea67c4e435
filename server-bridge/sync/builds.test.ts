import { afterAll, beforeAll, expect, it } from 'vitest';
import { READS } from '../../domain/modules.ts';
import { type TestCenter, testCenter } from '../../server/testing/center.ts';
import { type LinkedStation, linkedStation, until } from './testing/linked-station.ts';

const TYPE = 'unit.emergency@1';
const OLDER = READS.filter((type) => type !== TYPE);

let center: TestCenter;
let a: LinkedStation;
let b: LinkedStation;
const unreadAtA = (): readonly string[] | null => a.store.notReadBy(TYPE);
const cut = (closed: boolean): void => {
  for (const each of [a, b]) {
    each.center.closed = closed;
    if (closed) each.center.cut();
  }
};
const linked = (): boolean => a.sync.now().peers.some(({ reached }) => reached);

beforeAll(async () => {
  center = await testCenter();
  a = await linkedStation(center, 'Position 1', 'AAA');
  b = await linkedStation(center, 'Position 3', 'BBB');
});
afterAll(async () => {
  await a?.close();
  await b?.close();
  await center?.close();
});

it('a station hears from the center of an older build at the site, and of its update, without greeting by itself', async () => {
  const { station } = b.store.identity;
  await until(() => unreadAtA() === null && linked(), 15_000);
  a.lan.closed = b.lan.closed = true;
  for (const each of [a, b]) each.lan.cut();
  await until(() => !linked());
  await b.restart(OLDER);
  await until(() => unreadAtA()?.[0] === station);
  expect(unreadAtA()).toEqual([station]);
  await b.restart(READS);
  await until(() => unreadAtA() === null);
  a.lan.closed = b.lan.closed = false;
}, 60_000);

it('in an outage it hears so from the other itself, and keeps to that when the link is gone', async () => {
  const { station } = b.store.identity;
  await until(linked, 15_000);
  cut(true);
  await until(() => a.sync.now().center === 'unreachable' && b.sync.now().center === 'unreachable');
  expect(unreadAtA()).toBeNull();
  await b.restart(OLDER);
  await until(() => unreadAtA()?.[0] === station);
  a.lan.closed = b.lan.closed = true;
  for (const each of [a, b]) each.lan.cut();
  await until(() => !linked());
  expect(unreadAtA()).toEqual([station]);
  a.lan.closed = b.lan.closed = false;
  await b.restart(READS);
  await until(() => unreadAtA() === null, 15_000);
}, 60_000);

it('an older build that is revoked holds nothing back', async () => {
  cut(false);
  await b.restart(OLDER);
  await until(() => unreadAtA()?.length === 1, 15_000);
  await center.call('POST', `/v1/devices/${b.store.identity.station}/revoke`, {}, center.adminToken);
  await until(() => unreadAtA() === null);
  expect(a.troubles).toEqual([]);
}, 60_000);
