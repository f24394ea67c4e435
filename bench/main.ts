/**
 * `npm run bench [-- --only NAME] [--json FILE]`: measures on this machine and says whether each goal was reached. Each
 * bench is a process of its own, so that none inherits another's heap or caches. Figures are not asserted: exit 1 means
 * that a bench could not be run.
 */
import { fork } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { z } from 'zod';
import { ENDS } from '../domain/kernel/command-line.ts';
import { givenTo } from '../tools/command-line.ts';
import { BENCHES, type Measured, type Reported, reached, reported } from './figures.ts';

const COMMAND_LINE = {
  command: 'npm run bench',
  usage: `npm run bench [-- --only ${BENCHES.join('|')}] [--json FILE]
`,
  options: { only: { type: 'string' }, json: { type: 'string' } },
  schema: z.object({
    only: z.enum(BENCHES, `must be one of ${BENCHES.join(', ')}`).optional(),
    json: z.string().min(1).optional(),
  }),
} as const;

type FromBench = { readonly say: string } | { readonly done: readonly Measured[] } | { readonly failed: string };

function runBench(name: string): Promise<readonly Measured[]> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./run-one.ts', import.meta.url), [name], {
      execArgv: ['--expose-gc', '--no-warnings'],
    });
    child.on('message', (message: FromBench) => {
      if ('say' in message) process.stderr.write(`  ${name}: ${message.say}\n`);
      else if ('done' in message) resolve(message.done);
      else reject(new Error(message.failed));
    });
    child.on('exit', (code) => reject(new Error(`The bench ended with code ${code} and no figures.`)));
  });
}

function line(row: Reported): string {
  const value = row.value >= 100 ? row.value.toFixed(0) : row.value.toFixed(2);
  const mark = reached(row) ? 'reached ' : 'NOT reached';
  return `${`${row.bench}.${row.figure}`.padEnd(24)} ${value.padStart(10)} ${row.unit.padEnd(18)} goal ${row.better === 'higher' ? '≥' : '≤'} ${row.goal}  ${mark}`;
}

/** Before minutes of measuring, and not behind them. */
function canBeWritten(file: string): boolean {
  try {
    closeSync(openSync(file, 'a'));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(`--json: ${file} cannot be written (${code}); name a file in a folder that can.\n`);
    return false;
  }
}

async function main(): Promise<number> {
  const flags = givenTo(COMMAND_LINE);
  if (flags.json !== undefined && !canBeWritten(flags.json)) return ENDS.refused;
  process.stderr.write(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}\n`,
  );
  const rows: Reported[] = [];
  let failures = 0;
  for (const name of BENCHES) {
    if (flags.only && flags.only !== name) continue;
    try {
      for (const measured of await runBench(name)) {
        const row = reported(measured);
        rows.push(row);
        process.stdout.write(`${line(row)}\n`);
      }
    } catch (error) {
      failures++;
      process.stderr.write(
        `  ${name} could not be measured: ${error instanceof Error ? error.message : String(error)}\n`,
      );
    }
  }
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  return failures > 0 ? ENDS.no : ENDS.done;
}

process.exitCode = await main();
