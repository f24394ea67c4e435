/**
 * The station's process. Starts within a blink: what Node compiled is kept in the station's folder, and the program is loaded
 * once that is in place. JavaScript, because a first file with types would have Node load its whole TypeScript compiler before
 * it hears where the compiled program lies.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';

// Nothing it writes is for another user of this machine, whatever folder it was given.
process.umask(0o077);
const at = process.argv.indexOf('--data');
const folder = at > 0 ? process.argv[at + 1] : undefined;
if (folder !== undefined) keepCompiled(resolve(folder));
const { run } = await import('./process.ts');
await run(process.argv.slice(2));

/**
 * Node's own making of folders never returns where a file system refuses one as not found; what is to be said of a folder that
 * cannot be made, opening the station says.
 * @param {string} data
 */
function keepCompiled(data) {
  try {
    if (!existsSync(data)) mkdirSync(data, { mode: 0o700 });
    enableCompileCache(join(data, 'compiled'));
  } catch {}
}
