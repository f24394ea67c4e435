/** Brings the peers that the product is measured against, and read by, into `bench/peers/node_modules`, once. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Loads a package of the peers, installing them first where they are missing (the reference SQLCipher is compiled: minutes). */
export async function loadPeer(name: string): Promise<unknown> {
  if (!existsSync(new URL(`node_modules/${name}/package.json`, import.meta.url))) await install();
  return createRequire(import.meta.url)(name) as unknown;
}

let installing: Promise<void> | null = null;

function install(): Promise<void> {
  installing ??= new Promise((resolve, reject) => {
    const npm = spawn('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    npm.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2_000);
    });
    npm.on('error', reject);
    npm.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`The peers in bench/peers could not be installed: ${said.trim()}`)),
    );
  });
  return installing;
}
