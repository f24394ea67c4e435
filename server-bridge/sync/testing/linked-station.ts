/** A station for tests of syncing: let in at a real center, its store in memory, a cable on its way to the center and one on its LAN. */
import { effectsOf, READS } from '../../../domain/modules.ts';
import type { HelloIn } from '../../../domain/wire/sync.ts';
import { systemRandom } from '../../../sealing/random.ts';
import type { TestCenter } from '../../../server/testing/center.ts';
import { type OpenStore, openStore } from '../../store/open.ts';
import { type Sync, startSync } from '../engine.ts';
import { createHttpCenter, type HttpCenter } from '../http-center.ts';
import { openLan } from '../lan.ts';
import { systemTimers } from '../system-timers.ts';
import { enrolledWorkstation } from './enrolled.ts';
import { type Cable, openProxy } from './proxy.ts';

export interface LinkedStation {
  readonly store: OpenStore;
  readonly sync: Sync;
  readonly http: HttpCenter;
  readonly center: Cable;
  readonly lan: Cable;
  readonly troubles: string[];
  readonly greetings: HelloIn[];
  /** Ends syncing and begins it again as another build does, which reads these. */
  readonly restart: (reads: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

const random = systemRandom();

export async function linkedStation(center: TestCenter, name: string, short: string): Promise<LinkedStation> {
  const { deviceKey, signer, enrolled } = await enrolledWorkstation(center, name);
  const toCenter = await openProxy(Number(new URL(center.url).port));
  const { org, site, station } = enrolled;
  const listening = (port: number) => openLan({ station, signer, listen: { host: '127.0.0.1', port } });
  const firstPeers = await listening(0);
  const port = firstPeers.port as number;
  const toLan = await openProxy(port);
  const opened = openStore(':memory:', {
    key: null,
    plain: true,
    deviceKey,
    identity: { org, site, station, short, name },
    siteKeys: enrolled.siteKeys,
    effectsOf,
    clock: Date.now,
    random,
  });
  if (!opened.ok) throw new Error(opened.message);
  const { store } = opened;
  store.saveRoster(enrolled.roster, enrolled.siteKeys);
  const http = createHttpCenter({
    url: `http://127.0.0.1:${toCenter.port}`,
    station,
    signer,
    clock: Date.now,
    random,
  });
  const troubles: string[] = [];
  const greetings: HelloIn[] = [];
  const begin = (peers: Awaited<ReturnType<typeof listening>>, reads: readonly string[]): Sync =>
    startSync({
      store,
      center: {
        ...http,
        hello: (input) => {
          greetings.push(input);
          return http.hello(input);
        },
      },
      peers,
      timers: systemTimers,
      clock: Date.now,
      steady: () => performance.now(),
      random,
      build: 'test',
      reads,
      lanAddress: `127.0.0.1:${toLan.port}`,
      onTrouble: (what, error) => troubles.push(`${what}: ${String(error)}`),
    });
  let sync = begin(firstPeers, READS);
  return {
    store,
    get sync() {
      return sync;
    },
    http,
    center: toCenter,
    lan: toLan,
    troubles,
    greetings,
    restart: async (reads) => {
      await sync.close();
      sync = begin(await listening(port), reads);
    },
    close: async () => {
      await sync.close();
      await http.close();
      toCenter.close();
      toLan.close();
      store.close();
    },
  };
}

/** Waits until it holds; returns for how long, in ms. Rejects after `ms`. */
export async function until(holds: () => boolean, ms = 8_000): Promise<number> {
  const began = performance.now();
  while (!holds()) {
    if (performance.now() - began > ms) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return performance.now() - began;
}
