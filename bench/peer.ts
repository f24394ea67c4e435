/** One console's action at another console's window over the LAN, the center gone. */
import type { ReachRow } from '../domain/bridge/topics.ts';
import { type Measure, percentile } from './figures.ts';
import { giveWork, openBenchRoom, timeStatuses } from './room.ts';
import { inScratch } from './scratch.ts';

const STATIONS = 5;
const PRESSES = 400;
const PER_SECOND = 20;

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const room = await openBenchRoom(folder, STATIONS);
    try {
      const units = await giveWork(room.seats);
      say('waiting for every station to reach every other');
      for (const { bridge } of room.seats) {
        const reach = await bridge.watch('reach');
        await reach.until(
          (state) => {
            const row = Object.values(state.reach ?? {})[0] as unknown as ReachRow | undefined;
            return (row?.peers.filter((peer) => peer.reached).length ?? 0) >= STATIONS - 1;
          },
          60_000,
          'peers on the LAN',
        );
        reach.stop();
      }
      say('killing the center');
      room.center.child.kill();
      await room.center.child.ended;
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      await timeStatuses(room.seats, units, 50, PER_SECOND);
      say(`${PRESSES} statuses at ${PER_SECOND} a second`);
      const samples = await timeStatuses(room.seats, units, PRESSES, PER_SECOND);
      return [
        {
          figure: 'peer.p99_ms',
          value: percentile(samples, 0.99),
          with: {
            stations: STATIONS,
            presses: PRESSES,
            perSecond: PER_SECOND,
            p50Ms: percentile(samples, 0.5),
            maxMs: Math.max(...samples),
          },
        },
      ];
    } finally {
      await room.stop();
    }
  });
