/** The folder that the shell keeps its own things in. Electron takes one that is there, and no other. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes it, for this user alone. What is wrong with it in one sentence, or null where it can be used. */
export function makeOwnFolder(folder: string): string | null {
  try {
    make(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch {
    return `The folder ${folder} cannot be made or written: check its owner and permissions, or give another with --data DIR.`;
  }
}

/** One by one: Node's own recursive mkdir never returns where a file system refuses a folder as not found. */
function make(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = dirname(folder);
  if (above !== folder) make(above);
  mkdirSync(folder, { mode: 0o700 });
}
