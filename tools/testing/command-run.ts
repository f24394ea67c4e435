/** A command run to its end as a process of its own, as somebody runs it. */
import { spawn } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunIn {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What is typed before its input ends; nothing without it. */
  readonly typed?: string;
}

/** Runs a file on the Node of the tests. */
export function ranToItsEnd(
  file: string,
  args: readonly string[],
  { env, cwd, typed = '' }: RunIn = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', file, ...args], { env: env ?? process.env, cwd });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    // One that has ended reads nothing any more.
    child.stdin.on('error', () => undefined);
    child.stdin.end(typed);
  });
}
