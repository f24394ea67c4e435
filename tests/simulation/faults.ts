/** What goes wrong in a run by chance, one thing after the other and several at once. */
import { centerCrash, centerDies, centerRestore, peersFirst, restoredTwice } from './center-faults.ts';
import { onlyPeersRemember, putBack, tornOrLost } from './disk-faults.ts';
import type { FaultWorld } from './fault-world.ts';
import { blindClash, centerAlone, everyoneAlone, flapping, oneWay, partition } from './network-faults.ts';
import { crash, orderly, revoke, skew } from './station-faults.ts';

type Fault = (world: FaultWorld) => void;

const FAULTS: readonly (readonly [weight: number, fault: Fault])[] = [
  [10, partition],
  [6, oneWay],
  [4, flapping],
  [5, centerAlone],
  [3, everyoneAlone],
  [10, crash],
  [4, tornOrLost],
  [2, putBack],
  [4, onlyPeersRemember],
  [5, blindClash],
  [4, centerCrash],
  [5, centerDies],
  [1, centerRestore],
  [1, peersFirst],
  [1, restoredTwice],
  [4, skew],
  [2, orderly],
  [1, revoke],
];
const TOTAL = FAULTS.reduce((sum, [weight]) => sum + weight, 0);

function picked(roll: number): Fault {
  let sum = 0;
  for (const [weight, fault] of FAULTS) {
    sum += weight;
    if (roll < sum) return fault;
  }
  return crash;
}

/** Lets things go wrong until `end`, on average every `every` ms. */
export function injectFaults(world: FaultWorld, end: number, every: number): void {
  const { time, chance } = world;
  const again = (): void => {
    const wait = -Math.log(1 - chance.next()) * every;
    if (time.now() + wait > end) return;
    time.after(wait, () => {
      picked(chance.next() * TOTAL)(world);
      again();
    });
  };
  again();
}
