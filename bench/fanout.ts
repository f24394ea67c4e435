/** One console's action at another console's window, through the center: 5 real stations and 45 wire clients listening. */
import type { Measure } from './figures.ts';
import { percentile } from './figures.ts';
import { giveWork, openBenchRoom, timeStatuses } from './room.ts';
import { inScratch } from './scratch.ts';
import { type WireStation, wireStation } from './wire-station.ts';

const REAL = 5;
const WIRE = 45;
const PRESSES = 400;
const PER_SECOND = 20;

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const room = await openBenchRoom(folder, REAL);
    const wires: WireStation[] = [];
    const leave: (() => void)[] = [];
    try {
      say(`enrolling ${WIRE} wire clients`);
      let pages = 0;
      for (let i = 0; i < WIRE; i++) {
        const wire = await wireStation(room.url, await room.code(), `Wire ${i}`);
        wires.push(wire);
        const live = wire.http.live({
          onUp: () => {},
          onPage: () => void pages++,
          onPresence: () => {},
          onDown: () => {},
          onRoster: () => {},
        });
        leave.push(live.close);
      }
      const units = await giveWork(room.seats);
      await timeStatuses(room.seats, units, 50, PER_SECOND);
      const before = pages;
      say(`${PRESSES} statuses at ${PER_SECOND} a second`);
      const samples = await timeStatuses(room.seats, units, PRESSES, PER_SECOND);
      return [
        {
          figure: 'fanout.p99_ms',
          value: percentile(samples, 0.99),
          with: {
            realStations: REAL,
            wireClients: WIRE,
            presses: PRESSES,
            perSecond: PER_SECOND,
            p50Ms: percentile(samples, 0.5),
            maxMs: Math.max(...samples),
            pagesAtWireClients: pages - before,
          },
        },
      ];
    } finally {
      for (const close of leave) close();
      await Promise.all(wires.map((wire) => wire.close()));
      await room.stop();
    }
  });
