/** How many station-hours a minute of `npm run simulate` covers, everything checked. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measure } from './figures.ts';

const SEEDS = 40;

export const measure: Measure = (say) =>
  new Promise((resolve, reject) => {
    say(`${SEEDS} seeds`);
    const program = fileURLToPath(new URL('../tests/simulation/main.ts', import.meta.url));
    const run = spawn(process.execPath, ['--no-warnings', program, '--seeds', String(SEEDS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    run.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    run.on('error', reject);
    run.on('close', (code) => {
      const found = /(\d+) seeds, 0 lost, 0 diverged, ([\d.]+) simulated hours in ([\d.]+) s/.exec(said);
      if (code !== 0 || !found) return reject(new Error(`The simulation did not end well: ${said.slice(-300)}`));
      const [hours, seconds] = [Number(found[2]), Number(found[3])];
      resolve([
        {
          figure: 'simulate.hours_per_min',
          value: (hours * 60) / seconds,
          with: { seeds: SEEDS, stationHours: hours, seconds },
        },
      ]);
    });
  });
