/**
 * The station's process. Starts within a blink: what Node compiled is kept in the station's folder, and the rest of the
 * program is loaded once that is in place.
 */
import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { keepOutOfDumps } from '../sealing/dumps.ts';

// Nothing it writes is for another user of this machine, whatever folder it was given.
process.umask(0o077);
keepOutOfDumps();
const at = process.argv.indexOf('--data');
const folder = at > 0 ? process.argv[at + 1] : undefined;
if (folder !== undefined) enableCompileCache(join(resolve(folder), 'compiled'));
const { run } = await import('./process.ts');
await run(process.argv.slice(2));
