/** One console's action at another console's window, through the center: 5 real stations and 45 wire clients listening. */
import { type ChildProcess, fork } from 'node:child_process';
import { answer } from './answer.ts';
import type { Measure } from './figures.ts';
import { percentile } from './figures.ts';
import { giveWork, openBenchRoom, timeStatuses } from './room.ts';
import { inScratch } from './scratch.ts';

const REAL = 5;
const WIRE = 45;
const PRESSES = 400;
const PER_SECOND = 20;

async function pagesHeard(listeners: ChildProcess): Promise<number> {
  listeners.send({ count: true });
  return (await answer<{ readonly pages: number }>(listeners)).pages;
}

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const room = await openBenchRoom(folder, REAL);
    const listeners = fork(new URL('./listeners.ts', import.meta.url), [room.url], { execArgv: ['--no-warnings'] });
    try {
      say(`enrolling ${WIRE} wire clients`);
      for (let n = 0; n < WIRE; n++) {
        listeners.send({ code: await room.code(), n });
        await answer(listeners);
      }
      const units = await giveWork(room.seats);
      await timeStatuses(room.seats, units, 50, PER_SECOND);
      const before = await pagesHeard(listeners);
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
            pagesAtWireClients: (await pagesHeard(listeners)) - before,
          },
        },
      ];
    } finally {
      listeners.kill();
      await room.stop();
    }
  });
