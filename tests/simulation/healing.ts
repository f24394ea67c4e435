/** How a room comes together again once nothing goes wrong any more. */
import type { Room } from './room.ts';
import { ORG, SITE } from './roster.ts';
import type { StationNode } from './station-node.ts';
import { isQuiet, requestsWaiting } from './verdict.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Everything must have come together this long after the last fault. */
const HEALED_WITHIN = 2 * MINUTE;

/** True once nobody waits for anything. */
export async function heal(room: Room): Promise<boolean> {
  const { time, neighbour, center } = room;
  room.note('healing');
  await mend(room);
  await neighbour?.bring(center);
  await toRest(room);
  await time.runUntil(time.now() + 11 * SECOND);
  // A station may just have asked for numbers.
  return toRest(room);
}

/** What a workstation waits for that has not come to rest. */
export function unquiet(station: StationNode): string {
  if (!station.alive()) return `${station.name} is down`;
  const { center, cursor, head, tries, epoch } = station.sync().state();
  return `${station.name} has not come to rest: center ${center}, ${epoch} ${cursor} of ${head}, ${tries} tries, ${station.store().unsentTotal()} unsent, ${requestsWaiting(station)} requests that wait`;
}

async function mend({ network, center, stations, time }: Room): Promise<void> {
  network.mendAll();
  center.disarm();
  center.skew(0);
  center.upgrade();
  center.start();
  // What was armed to go wrong is over with; a fault's own ending may still come, and mends.
  for (let waited = 0; waited < 4; waited++) {
    for (const station of stations) {
      if (station.older() && station.alive()) {
        station.stop();
        station.upgrade();
      }
      station.skew(0);
      station.disarm();
      station.start();
      // By now its peers have shown the center whom it had let in.
      if (waited > 0 && !center.admits(station.id())) station.enrolAnew();
    }
    center.start();
    await time.runUntil(time.now() + MINUTE);
  }
}

async function toRest({ stations, center, time }: Room): Promise<boolean> {
  for (let healing = 0; healing < HEALED_WITHIN; healing += SECOND) {
    if (isQuiet(stations, await center.log.streamHead(ORG, SITE))) return true;
    await time.runUntil(time.now() + SECOND);
  }
  return false;
}
