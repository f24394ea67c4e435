/** Workstations of a run that are revoked while they work, and come back as others. */
import { cutBoth, type FaultWorld, mendBoth, namesIn } from './fault-world.ts';
import { CENTER } from './network.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A workstation is revoked, often while it cannot hear of it. It works on, and is enrolled anew once the center is reached. */
export function revokeWorkstation(world: FaultWorld): void {
  const { center, chance, network, note, over, stations, time } = world;
  const station = chance.pick(stations);
  const others = chance.happens(0.3) ? [...namesIn(world), CENTER].filter((name) => name !== station.name) : [CENTER];
  if (chance.happens(0.7)) {
    note(`${station.name} cut off from ${others.join('')}, and revoked`);
    for (const other of others) cutBoth(world, station.name, other);
    time.after(chance.between(MINUTE, 10 * MINUTE), () => {
      for (const other of others) mendBoth(world, station.name, other);
    });
  }
  const enrol = (): void => {
    if (over() || center.admits(station.id())) return;
    const isReached = !network.isCut(station.name, CENTER) && !network.isCut(CENTER, station.name);
    if (center.alive() && isReached) {
      note(`${station.name} enrolled anew`);
      station.enrolAnew();
    } else time.after(30 * SECOND, enrol);
  };
  const revoke = (): void => {
    if (over()) return;
    if (!center.alive()) {
      time.after(10 * SECOND, revoke);
      return;
    }
    note(`${station.id()} revoked`);
    center.revoke(station.id());
    time.after(chance.between(30 * SECOND, 12 * MINUTE), enrol);
  };
  time.after(chance.between(0, MINUTE), revoke);
}
