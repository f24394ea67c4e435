/** Brings the peers that the product is measured against, and read by, into a folder's `node_modules`, once. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A folder whose package.json and lockfile name peers; they are installed together. */
export interface PeerFolder {
  readonly declared: string;
  /** Where they are installed, with what is set for their compiler: beside the declaration where this is not given. */
  readonly built?: { readonly folder: string; readonly env: NodeJS.ProcessEnv };
}

const PEERS: PeerFolder = { declared: import.meta.dirname };

/** Loads a package of a folder of peers, installing them first where they are missing (some are compiled: minutes). */
export async function loadPeer(name: string, peers: PeerFolder = PEERS): Promise<unknown> {
  const folder = peers.built?.folder ?? peers.declared;
  if (!existsSync(join(folder, 'node_modules', name, 'package.json'))) {
    const installed = installing.get(folder) ?? install(peers, folder);
    installing.set(folder, installed);
    await installed;
  }
  return createRequire(join(folder, 'package.json'))(name) as unknown;
}

const installing = new Map<string, Promise<void>>();

function install({ declared, built }: PeerFolder, folder: string): Promise<void> {
  if (built) {
    mkdirSync(folder, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(declared, file), join(folder, file));
  }
  return new Promise<void>((resolve, reject) => {
    const npm = spawn('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
      cwd: folder,
      env: { ...process.env, ...built?.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    npm.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2_000);
    });
    npm.on('error', reject);
    npm.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`The peers in ${folder} could not be installed: ${said.trim()}`)),
    );
  });
}
