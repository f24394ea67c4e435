/** What a folder remembers of its replay, in a file that its owner alone reads (0600). */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replayFile, stationFolder } from '../start/folder.ts';
import { Unusable } from './unusable.ts';

/** The replay's site, who administers it, the zone of the file, and whether the day was played to its end. */
const KeptSchema = z.object({
  site: z.string(),
  user: z.string(),
  password: z.string(),
  zone: z.string(),
  played: z.boolean().default(true),
});
export type Kept = z.infer<typeof KeptSchema>;

/** Null where no replay was begun in the folder. */
function readKept(data: string): Kept | null {
  const file = replayFile(data);
  if (!existsSync(file)) return null;
  try {
    return KeptSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new Unusable(`${file} cannot be read: put it back from a copy, or name another folder.`);
  }
}

export function writeKept(data: string, kept: Kept): void {
  writeFileSync(replayFile(data), `${JSON.stringify(kept)}\n`, { mode: 0o600 });
}

/**
 * What the folder holds, where it can be used for what was asked.
 *
 * @throws Unusable where there is nothing to verify, or something that a day would be played over
 */
export function keptFor(data: string, verifyOnly: boolean): Kept | null {
  const kept = readKept(data);
  if (verifyOnly) {
    if (kept) return kept;
    throw new Unusable(`${data} holds no replay: play one with --data ${data} first.`);
  }
  if (kept?.played) throw new Unusable(`${data} holds a replay already: add --verify-only, or name another folder.`);
  if (kept)
    throw new Unusable(`${data} holds a replay that did not come to its end: remove it, or name another folder.`);
  if (existsSync(join(stationFolder(data, 1), 'station.db')))
    throw new Unusable(`${data} holds workstations that no replay made: name another folder.`);
  return null;
}
