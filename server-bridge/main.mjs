/**
 * The station's process. Starts within a blink: what Node compiled is kept in the station's folder, and the program is loaded
 * once that is in place. JavaScript, because a first file with types would have Node load its whole TypeScript compiler before
 * it hears where the compiled program lies.
 */
import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';

// Nothing it writes is for another user of this machine, whatever folder it was given.
process.umask(0o077);
const at = process.argv.indexOf('--data');
const folder = at > 0 ? process.argv[at + 1] : undefined;
if (folder !== undefined) enableCompileCache(join(resolve(folder), 'compiled'));
const { run } = await import('./process.ts');
await run(process.argv.slice(2));
