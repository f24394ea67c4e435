/** Links between stations of the model. */
import type { SmallRoom } from './small-room.ts';
import type { SmallStation } from './small-station.ts';

export interface SmallLinks {
  readonly link: (a: string, b: string) => void;
  readonly unlink: (a: string, b: string) => void;
  readonly isLinked: (a: string, b: string) => boolean;
  /** Comes to a peer as long as the link stands that it was sent on. */
  readonly toPeer: (s: SmallStation, name: string, run: (peer: SmallStation) => void) => void;
}

export function createLinks({ of, happen, send }: Pick<SmallRoom, 'of' | 'happen' | 'send'>): SmallLinks {
  /** Links that stand, each with a number of its own: what was on its way on an earlier one is lost. */
  const linked = new Map<string, number>();
  let links = 0;
  const pair = (a: string, b: string): string => [a, b].sort().join('-');
  return {
    link: (a, b) => {
      linked.set(pair(a, b), ++links);
      happen(of(a), { t: 'peerUp', station: b });
      happen(of(b), { t: 'peerUp', station: a });
    },
    unlink: (a, b) => {
      if (!linked.delete(pair(a, b))) return;
      happen(of(a), { t: 'peerDown', station: b });
      happen(of(b), { t: 'peerDown', station: a });
    },
    isLinked: (a, b) => linked.has(pair(a, b)),
    toPeer: (s, name, run) => {
      const link = linked.get(pair(s.name, name));
      if (link === undefined) return;
      send(of(name), 'peer', () => {
        if (linked.get(pair(s.name, name)) === link) run(of(name));
      });
    },
  };
}
