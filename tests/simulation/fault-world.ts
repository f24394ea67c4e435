/** What a fault of a run may reach, and cuts between two nodes. */
import type { CenterNode } from './center-node.ts';
import type { Chance } from './chance.ts';
import type { Network } from './network.ts';
import type { Deed } from './people.ts';
import type { StationNode } from './station-node.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface FaultWorld {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly center: CenterNode;
  readonly stations: readonly StationNode[];
  readonly chance: Chance;
  /** What has been done, for whoever replays a seed. */
  readonly note: (text: string) => void;
  /** From then on nothing new goes wrong; what was cut is mended, who was down comes up. */
  readonly over: () => boolean;
  /** Somebody at a station does this now. */
  readonly act: (station: StationNode, deed: Deed) => void;
  /** The center now holds what this backup held. */
  readonly centerRestored: () => void;
}

export function namesIn({ stations }: Pick<FaultWorld, 'stations'>): readonly string[] {
  return stations.map(({ name }) => name);
}

export function cutBoth({ network }: FaultWorld, a: string, b: string): void {
  network.cut(a, b);
  network.cut(b, a);
}

export function mendBoth({ network }: FaultWorld, a: string, b: string): void {
  network.mend(a, b);
  network.mend(b, a);
}
