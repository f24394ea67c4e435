/** From the start of a station's process to a board that can be worked, its store holding 100,000 facts. */
import { join } from 'node:path';
import { connectBridge } from '../tools/bridge/client.ts';
import { startStationProcess } from '../tools/start/processes.ts';
import { type Measure, percentile } from './figures.ts';
import { FACTS, makeFullStation, SIGN_IN } from './full-station.ts';
import { inScratch } from './scratch.ts';

const STARTS = 7;

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const data = join(folder, 'station');
    await makeFullStation(data, say);
    const starts: number[] = [];
    const signIns: number[] = [];
    let incidents = 0;
    for (let i = 0; i <= STARTS; i++) {
      const began = performance.now();
      const station = startStationProcess({ folder: data, center: null, consolePort: 0, lanPort: 0 });
      try {
        const { console: address } = await station.ready;
        const bridge = await connectBridge(address);
        const connected = performance.now() - began;
        await bridge.call('session.sign_in', SIGN_IN);
        const signedIn = performance.now();
        const board = await bridge.watch('board');
        const shown = performance.now() - signedIn;
        incidents = Object.keys(board.state().incidents ?? {}).length;
        bridge.close();
        // The first start after the store was made still compiles the program; later ones find it compiled.
        if (i > 0) {
          starts.push(connected + shown);
          signIns.push(signedIn - began - connected);
        }
      } finally {
        await station.child.stop();
      }
      say(`start ${i} of ${STARTS}`);
    }
    return [
      {
        figure: 'start.ms',
        value: percentile(starts, 0.5),
        with: {
          facts: FACTS,
          incidentsOnBoard: incidents,
          starts,
          signInMs: percentile(signIns, 0.5),
          signInCounted: false,
          center: 'none',
        },
      },
    ];
  });
