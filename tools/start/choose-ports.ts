/** Which of the things that one start begins listens at which port. */
import type { StartFlags } from './flags.ts';
import { HOME_PORTS, type PromisedPorts } from './ports.ts';

export interface StationPorts {
  readonly console: number;
  readonly lan: number;
}

export interface Ports {
  readonly center: number;
  readonly stations: readonly StationPorts[];
}

interface WantedPort {
  readonly flag: string;
  /** The user's, or null where any free one will do. */
  readonly given: number | null;
  readonly home: number;
  readonly host?: string;
}

/**
 * Ports for everything that one start begins; a station's follow those of the one before where the user gave the first.
 *
 * @throws PortUnfree where one of the user's own cannot be had
 */
export async function choosePorts(flags: StartFlags, choose: PromisedPorts['choose']): Promise<Ports> {
  const { ports, lanHost } = flags;
  const after = (first: number | null, n: number): number | null => (first === null ? null : first + n);
  const center: WantedPort = { flag: 'center-port', given: ports.center, home: HOME_PORTS.center };
  const stations = Array.from({ length: flags.consoles ? flags.stations : 0 }, (_, n) => ({
    console: { flag: 'console-port', given: after(ports.console, n), home: HOME_PORTS.console },
    lan: {
      flag: 'lan-port',
      given: after(ports.lan, n),
      home: HOME_PORTS.lan,
      ...(lanHost === null ? {} : { host: lanHost }),
    },
  }));
  const wanted: readonly WantedPort[] = [
    ...(flags.center === null ? [center] : []),
    ...stations.flatMap((of) => [of.console, of.lan]),
  ];
  const chosen = new Map<WantedPort, number>();
  // The user's first, so that none of them is taken by what we choose ourselves.
  for (const one of wanted.toSorted((a, b) => Number(a.given === null) - Number(b.given === null))) {
    chosen.set(one, await choose(one.flag, one.given, one.home, one.host));
  }
  const portOf = (one: WantedPort): number => chosen.get(one) ?? 0;
  return {
    center: portOf(center),
    stations: stations.map((of) => ({ console: portOf(of.console), lan: portOf(of.lan) })),
  };
}
