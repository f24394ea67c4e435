/** What replaces HTTP, socket.io and the LAN of a station: the same ports over the network of the run. */
import type { StreamPage } from '../../domain/kernel/stream.ts';
import type { Grant, PeerMessage } from '../../domain/wire/sync.ts';
import { type CenterPort, type PeersPort, SyncFailure } from '../../server-bridge/sync/ports.ts';
import type { CenterNode } from './center-node.ts';
import type { Chance } from './chance.ts';
import { CenterDown } from './dying-log.ts';
import { CENTER, type Network } from './network.ts';
import { nameOf } from './roster.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How long an exchange waits, and how soon silence is noticed. ms */
const PATIENCE = 1_500;
const SILENCE = 1_600;

export interface SimulatedCenterPort extends CenterPort {
  /** As that station's person. */
  readonly signIn: (whose: string) => Promise<Grant>;
  /** The process is gone: nothing of it answers or listens any more. */
  readonly die: () => void;
}

// Where an exchange ended is of no use to anybody, and a stack for each of thousands costs.
const GIVEN_UP = new SyncFailure('unreachable', 'given up');
const REFUSED = new SyncFailure('unreachable', 'connection refused');
const NOT_ADMITTED = new SyncFailure('unauthorized', 'not known here, or revoked', 401, 'device.refused');

interface Exchange {
  readonly fail: () => void;
  readonly kept: boolean;
}

/** `station`: the id under which it is enrolled. */
export function centerPort(
  station: string,
  center: CenterNode,
  network: Network,
  time: VirtualTime,
  chance: Chance,
): SimulatedCenterPort {
  const flying = new Set<Exchange>();
  const name = nameOf(station);
  let dead = false;

  const exchange = <T>(run: () => Promise<T>, kept = false): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (dead) return;
      let over = false;
      const settle = (then: () => void): void => {
        if (over || dead) return;
        over = true;
        stop();
        flying.delete(mine);
        time.promised();
        then();
      };
      const fail = (why: SyncFailure): void => settle(() => reject(why));
      const mine: Exchange = { kept, fail: () => fail(GIVEN_UP) };
      const stop = time.after(PATIENCE, mine.fail);
      flying.add(mine);
      network.carry(name, CENTER, () => {
        if (!center.alive() || !center.admits(station)) {
          network.carry(CENTER, name, () => fail(center.alive() ? NOT_ADMITTED : REFUSED));
          return;
        }
        const life = center.life();
        time.promised();
        run().then(
          (answer) => {
            if (center.life() === life) network.carry(CENTER, name, () => settle(() => resolve(answer)));
          },
          (error: unknown) => {
            // A process that is gone answers nobody.
            if (error instanceof CenterDown) return;
            const failure = error instanceof SyncFailure ? error : new SyncFailure('refused', String(error));
            network.carry(CENTER, name, () => fail(failure));
            if (!(error instanceof SyncFailure)) throw error;
          },
        );
      });
    });

  return {
    signIn: (whose) => exchange(() => center.signIn(station, whose)),
    hello: (input) => exchange(() => center.hello(station, input), true),
    push: (input) => exchange(() => center.push(input)),
    pull: (epoch, after, limit, afterHash) => exchange(() => center.pull(epoch, after, limit, afterHash)),
    snapshot: () => exchange(() => center.snapshot()),
    entity: (ref) => exchange(() => center.entity(ref)),
    request: (input) => exchange(() => center.request(station, input)),
    abandon: () => {
      for (const one of [...flying]) if (!one.kept) one.fail();
    },
    abandonGreeting: () => {
      for (const one of [...flying]) if (one.kept) one.fail();
    },
    live: (events) => {
      let over = false;
      const life = center.life();
      const stops: (() => void)[] = [];
      const end = (): void => {
        over = true;
        for (const stop of stops.splice(0)) stop();
      };
      const down = (): void => {
        if (over || dead) return;
        end();
        events.onDown('broken');
      };
      const silent = (): boolean => network.isCut(CENTER, name) || network.isCut(name, CENTER);
      const opened = (): void => {
        if (over || dead) return;
        if (!center.alive() || center.life() !== life || !center.admits(station) || silent()) {
          down();
          return;
        }
        let watching = false;
        // A cut that heals before anybody notices silently loses what was on its way.
        stops.push(
          network.onChange(() => {
            if (watching || !silent()) return;
            watching = true;
            time.after(SILENCE, () => {
              watching = false;
              if (silent()) down();
            });
          }),
        );
        stops.push(
          center.listen({
            station,
            presence: (presence) =>
              network.carry(
                CENTER,
                name,
                () => {
                  if (!over && !dead) events.onPresence(presence);
                },
                { once: true },
              ),
            roster: () =>
              network.carry(CENTER, name, () => {
                if (!over && !dead) events.onRoster();
              }),
            page: (page: StreamPage) => {
              if (dead || chance.happens(0.004)) return;
              network.carry(CENTER, name, () => {
                if (!over && !dead) events.onPage(page);
              });
            },
            crash: () => {
              network.carry(CENTER, name, down, { once: true });
              time.after(SILENCE, down);
            },
          }),
        );
        events.onUp();
      };
      time.after(chance.between(1, 30), opened);
      return {
        close: end,
        presence: (presence) => {
          if (over || dead || stops.length === 0) return;
          network.carry(
            name,
            CENTER,
            () => {
              if (!over && center.alive() && center.life() === life) center.presence(station, presence);
            },
            { once: true },
          );
        },
      };
    },
    die: () => {
      dead = true;
    },
  };
}

interface End {
  readonly events: Parameters<PeersPort['on']>[0] | null;
  wants: ReadonlySet<string>;
}

/** The LAN of a site: a link stands between two stations that both live, want each other, and are not cut. */
export interface Lan {
  readonly port: (station: string) => PeersPort & { readonly die: () => void };
}

interface Link {
  readonly ends: readonly [string, string];
  up: boolean;
  /** Arrival of the last message in each direction: a link keeps order. */
  readonly last: Map<string, number>;
}

export function createLan(network: Network, time: VirtualTime, chance: Chance): Lan {
  const ends = new Map<string, End>();
  const links = new Map<string, Link>();
  const opening = new Set<string>();
  const pair = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
  const cut = (a: string, b: string): boolean =>
    network.isCut(nameOf(a), nameOf(b)) || network.isCut(nameOf(b), nameOf(a));

  const drop = (key: string, silentTo: string | null): void => {
    const link = links.get(key);
    if (!link) return;
    links.delete(key);
    link.up = false;
    for (const [me, other] of [link.ends, [...link.ends].reverse() as [string, string]]) {
      const end = ends.get(me);
      if (me === silentTo || !end) continue;
      // Each side notices in its own time.
      time.after(chance.between(1, 300), () => {
        if (ends.get(me) === end) end.events?.onDown(other);
      });
    }
  };

  const tryOpen = (a: string, b: string): void => {
    const key = pair(a, b);
    if (links.has(key) || opening.has(key)) return;
    opening.add(key);
    // Later than any side takes to notice that an earlier link is gone.
    time.after(chance.between(350, 1_500), () => {
      opening.delete(key);
      const [one, other] = [ends.get(a), ends.get(b)];
      if (links.has(key) || !one?.events || !other?.events || !one.wants.has(b) || !other.wants.has(a)) return;
      if (cut(a, b)) {
        tryOpen(a, b);
        return;
      }
      links.set(key, { ends: [a, b], up: true, last: new Map() });
      one.events.onUp(b);
      other.events.onUp(a);
    });
  };

  network.onChange(() => {
    for (const [key, link] of [...links]) {
      if (!cut(...link.ends)) continue;
      time.after(SILENCE, () => {
        if (!link.up || links.get(key) !== link || !cut(...link.ends)) return;
        drop(key, null);
        tryOpen(...link.ends);
      });
    }
  });

  return {
    port: (station) => {
      let end: End | null = null;
      const gone = (): void => {
        if (ends.get(station) === end) ends.delete(station);
        for (const [key, link] of [...links]) if (link.ends.includes(station)) drop(key, station);
      };
      return {
        on: (events) => {
          end = { events, wants: new Set() };
          ends.set(station, end);
        },
        reach: (peers) => {
          if (!end) return;
          end.wants = new Set(peers.map((peer) => peer.station));
          for (const [key, { ends: both }] of [...links])
            if (both.includes(station) && both.some((one) => one !== station && !end?.wants.has(one))) drop(key, null);
          for (const peer of end.wants) tryOpen(station, peer);
        },
        send: (to, message: PeerMessage) => {
          const link = links.get(pair(station, to));
          if (!link || ends.get(station) !== end) return false;
          const receiver = ends.get(to);
          const at = network.carry(
            nameOf(station),
            nameOf(to),
            () => {
              if (link.up && ends.get(to) === receiver) receiver?.events?.onMessage(station, message);
            },
            { notBefore: chance.happens(0.01) ? 0 : (link.last.get(station) ?? 0) },
          );
          link.last.set(station, at);
          return true;
        },
        isBusy: () => false,
        close: async () => gone(),
        die: gone,
      };
    },
  };
}
