/** Resident memory of a station whose store holds 100,000 facts, its board open at a window and every page of it once read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectBridge } from '../tools/bridge/client.ts';
import { startStationProcess } from '../tools/start/processes.ts';
import type { Measure } from './figures.ts';
import { FACTS, makeFullStation, SIGN_IN } from './full-station.ts';
import { inScratch } from './scratch.ts';

const NOTES = 500;

function megabytes(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (!found) throw new Error('This system does not tell the memory of a process.');
  return Number(found[1]) / 1024;
}

export const measure: Measure = (say) =>
  inScratch(async (folder) => {
    const data = join(folder, 'station');
    await makeFullStation(data, say);
    const station = startStationProcess({ folder: data, center: null, consolePort: 0, lanPort: 0 });
    try {
      const bridge = await connectBridge((await station.ready).console);
      await bridge.call('session.sign_in', SIGN_IN);
      const board = await bridge.watch('board');
      const incidents = Object.keys(board.state().incidents ?? {});
      say(`working ${incidents.length} incidents`);
      for (const id of incidents) (await bridge.watch(`incident:${id}`)).stop();
      for (let i = 0; i < NOTES; i++) {
        await bridge.call('incident.note', { incident: incidents[i % incidents.length] ?? '', text: `Note ${i}` });
      }
      const value = megabytes(station.child.pid, 'VmRSS');
      const peak = megabytes(station.child.pid, 'VmHWM');
      bridge.close();
      return [
        {
          figure: 'memory.station_mb',
          value,
          with: { facts: FACTS, incidentsOnBoard: incidents.length, notes: NOTES, peakMb: peak },
        },
      ];
    } finally {
      await station.child.stop();
    }
  });
