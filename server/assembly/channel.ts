/** The live channel of a center: who may open one, what goes out by it, and what the nodes tell each other. */
import type { FastifyInstance } from 'fastify';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { LIVE_PATH } from '#domain/wire/sync.ts';
import { type Bus, openBus, type Word } from '../kernel/bus/bus.ts';
import type { Closing } from '../kernel/closing.ts';
import type { Bearers } from '../kernel/http/auth.ts';
import { speaksForMany } from '../kernel/http/connections.ts';
import type { Dpop } from '../kernel/http/dpop.ts';
import type { Network } from '../kernel/http/network.ts';
import { hearTold } from '../kernel/identity/notices/told.ts';
import { hearWithdrawn } from '../kernel/identity/sessions/withdrawn.ts';
import type { Budgets } from '../kernel/limits/budgets.ts';
import { createLive, type Live } from '../kernel/live/live.ts';
import type { Metrics } from '../kernel/telemetry/metrics.ts';
import type { Ground } from './ground.ts';

/** Live channels that one address may open in a minute: 500 consoles that come back at once try each second. */
const MOST_CHANNELS = 30_000;

export interface ChannelPorts extends Ground {
  readonly bearers: Bearers & { readonly forget: () => void };
  readonly budgets: Budgets;
  readonly dpop: Dpop;
  readonly metrics: Pick<Metrics, 'stations'>;
  readonly network: Network;
  /** Other nodes may be on its database. */
  readonly hasOthers: boolean;
}

export async function openChannel(
  server: FastifyInstance['server'],
  { network, budgets, bearers, dpop, metrics, log, ...ports }: ChannelPorts,
  closing: Closing,
): Promise<Live> {
  const speaksFor = speaksForMany(network.trustedProxies);
  let bus: Bus | null = null;
  const live = createLive(server, {
    ...{ bearers, dpop, onCount: metrics.stations },
    mayOpen: (address) =>
      (network.trustedProxies.length > 0 && speaksFor(address)) ||
      budgets.spendOwn(LIVE_PATH, MOST_CHANNELS, address)?.spent !== true,
    tell: (word) => bus?.tell(word),
    pageOf: async (org, site, after, count) => {
      const { items, keys: envelopes } = await log.read(org, site, after, count);
      const [epoch, head] = [await log.epoch(org), await log.streamHead(org, site)];
      return { epoch, from: after, items: [...items], keys: [...envelopes], head };
    },
  });
  closing.push(live.close);
  if (ports.hasOthers) {
    const { redis, emergency, clock, random } = ports;
    const onWord = (word: Word): void => void live.hear(word).catch(() => undefined);
    bus = await openBus({ redis, db: emergency, node: uuidV7(clock(), random), clock, onWord });
    closing.push(bus.stop);
  }
  closing.push(
    hearWithdrawn(ports.db, (of) => {
      bearers.forget();
      if (of === null) live.review().catch(() => undefined);
      else if ('session' in of) live.sessionEnded(of.org, of);
      else live.drop(of.org, of.station);
    }),
  );
  closing.push(hearTold(ports.db, live.told));
  return live;
}
