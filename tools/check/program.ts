import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

/** The repository's root folder. */
export const root = join(import.meta.dirname, '..', '..');

/** What a program left behind: its exit code (null when a signal ended it) and everything it printed. */
export type Finished = { readonly code: number | null; readonly output: string };

/**
 * The script behind a package's command (`tsc` of `typescript`), so that it runs on this very Node and not on whatever
 * `node` the PATH finds first.
 *
 * @throws when the package is not installed or brings no such command
 */
export function commandOf(packageName: string, command: string): string {
  const file = join(root, 'node_modules', packageName, 'package.json');
  const { bin } = JSON.parse(readFileSync(file, 'utf8')) as { bin?: string | Record<string, string> };
  const script = typeof bin === 'string' ? bin : bin?.[command];
  if (script === undefined) {
    throw new Error(`The package ${packageName} brings no command "${command}": run npm ci, or mend tools/check.`);
  }
  return join(dirname(file), script);
}

/** Runs a script on this Node from the root, its output kept. */
export function runQuietly(script: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}

/**
 * Runs a script on this Node from the root, its output going straight to the terminal. Resolves to its exit code.
 *
 * A signal to us ends the script too, and then us: nothing is left running behind a run that was broken off. Ctrl-C in a
 * terminal reaches the script by itself. Where somebody else listens for the signal, ending us is theirs.
 */
export function runShown(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit', env });
    let broken: NodeJS.Signals | undefined;
    const pass = (signal: NodeJS.Signals): void => {
      broken = signal;
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on('SIGINT', pass).on('SIGTERM', pass);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      if (broken !== undefined && process.listenerCount(broken) === 0) process.exit(128 + constants.signals[broken]);
      resolve(code ?? 1);
    });
  });
}
