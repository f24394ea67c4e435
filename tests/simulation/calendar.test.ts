import { beforeAll, describe, expect, it } from 'vitest';
import { createCenterNode } from './center-node.ts';
import { chanceOf } from './chance.ts';
import { memoryDrive } from './drive.ts';
import { loadKnownSignatures } from './known-signatures.ts';
import { createNetwork } from './network.ts';
import { planOf } from './plan.ts';
import { createLan } from './ports.ts';
import { createWitness } from './readers.ts';
import { createSite } from './roster.ts';
import { runSeed } from './simulate.ts';
import { createStationNode } from './station-node.ts';
import { virtualTime } from './virtual-time.ts';

const HOUR = 3_600_000;
const HOURS = 2;

/** The moment in the middle of a run's work, the zone, and the years of the numbers that are given before and after it. */
const NIGHTS: readonly (readonly [name: string, middle: string, zone: string, years: readonly string[]])[] = [
  ['New Year where the day begins behind UTC', '2027-01-01T08:00Z', 'America/Los_Angeles', ['26', '27']],
  ['New Year where it begins ahead of UTC by hours and minutes', '2026-12-31T10:15Z', 'Pacific/Chatham', ['26', '27']],
  ['the night on which clocks go back', '2026-11-01T09:00Z', 'America/Los_Angeles', ['26']],
  ['the night on which clocks go forward', '2027-03-14T10:00Z', 'America/Los_Angeles', ['27']],
  ['the night to 29 February', '2028-02-29T08:00Z', 'America/Los_Angeles', ['28']],
  ['the night after 29 February', '2028-02-29T23:00Z', 'Europe/Berlin', ['28']],
];

beforeAll(loadKnownSignatures);

describe.each(NIGHTS)('%s', (_, middle, zone, years) => {
  const calendar = { begin: Date.parse(middle) - (HOURS * HOUR) / 2, zone };

  it('passes as any other, and numbers are of the year that the clocks of the site show', async () => {
    for (const seed of [0, 21])
      expect(await runSeed({ seed, hours: HOURS, calendar })).toMatchObject({ lost: [], diverged: [], years });
  });
});

it('a console that nothing happens at has numbers of the next year before it begins', async () => {
  const chance = chanceOf('quiet');
  const time = virtualTime();
  // A week before the year is over, by any clock that the console knows before it knows its site's.
  const begin = Date.parse('2026-12-24T23:50Z');
  const site = createSite(chance, { begin, zone: 'America/Los_Angeles' });
  const troubles: unknown[] = [];
  const center = await createCenterNode(site, null, time, chance, planOf(0), (what) => troubles.push(what));
  const network = createNetwork(time, chance);
  const watcher = {
    changed: () => undefined,
    opened: () => undefined,
    began: () => undefined,
    trouble: (...what: readonly unknown[]) => void troubles.push(what),
  };
  const world = {
    site,
    time,
    network,
    lan: createLan(network, time, chance),
    center,
    watcher,
    witness: createWitness(() => false),
  };
  const station = createStationNode('a', world, memoryDrive(), chance, false, true);
  station.start();
  const left = (year: number): number => station.store().numbersLeft(year);
  await time.runUntil(8 * HOUR);
  expect([left(2026), left(2027)]).toEqual([20, 0]);
  await time.runUntil(8 * HOUR + HOUR / 2);
  expect([left(2026), left(2027)]).toEqual([20, 20]);
  expect(troubles).toEqual([]);
  station.end();
});
