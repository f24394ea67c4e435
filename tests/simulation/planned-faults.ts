/** What a plan has go wrong at its moments, beside the faults that come by chance. */
import { centerUpdate } from './center-faults.ts';
import type { Chance } from './chance.ts';
import { damagedDisk, fullDisk, newDisk } from './disk-faults.ts';
import type { Doing } from './doing.ts';
import type { FaultWorld } from './fault-world.ts';
import { injectFaults } from './faults.ts';
import { blindClash } from './network-faults.ts';
import { revokeWorkstation } from './revoking.ts';
import type { Room } from './room.ts';
import { ORG } from './roster.ts';

const MINUTE = 60_000;

/** The last fault is over a moment before `end`, ms since the run began. */
export function letThingsGoWrong(room: Room, { act }: Pick<Doing, 'act'>, end: number): void {
  const { plan, time, network, center, stations, oracle, note } = room;
  const { chance, centerOlderUntil, onFile } = plan;
  const world: FaultWorld = {
    ...{ time, network, center, stations, note, act },
    chance: chance.fork('faults'),
    over: () => time.now() >= end,
    centerRestored: () => {
      const held = new Set([...center.log.facts(ORG)].map(({ fact }) => fact.id));
      oracle.centerHolds((id) => held.has(id));
    },
  };
  const at = (moments: readonly number[], by: Chance, fault: (world: FaultWorld) => void): void => {
    const mine = { ...world, chance: by };
    for (const moment of moments) time.after(moment * end, () => fault(mine));
  };
  const disks = chance.fork('new disks');
  at(plan.newDisks, disks, newDisk);
  at(plan.fullDisks, chance.fork('whose disk is full'), fullDisk);
  at(plan.damages, chance.fork('damaged disks'), (mine) => damagedDisk(mine, onFile ?? ''));
  for (const { at: moment, by } of plan.centerClock)
    time.after(moment * end, () => {
      note(`clock of the center ${by} ms off`);
      center.skew(by);
    });
  for (const { at: moment, level } of plan.rotations)
    time.after(moment * end, () => {
      note(`another ${level === 'site' ? 'key of the site' : 'key to sign with'}`);
      center.rotate(level);
    });
  at(plan.revocations, chance.fork('whose workstation is revoked'), revokeWorkstation);
  if (centerOlderUntil !== null) at([centerOlderUntil], disks, centerUpdate);
  injectFaults(world, end - 2 * MINUTE, chance.pick([1, 3, 6]) * MINUTE);
  // One at the end, so that what is judged holds clashes that nobody has settled yet.
  time.after(end - 2 * MINUTE, () => blindClash(world));
}
