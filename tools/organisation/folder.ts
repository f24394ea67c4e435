/**
 * The folder that records are taken out into, and how far that is: `records.json` in it is written after each page, so that a run
 * that was broken off is gone on with where it stopped.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Refused } from '../center-api/operator.ts';

const PlaceSchema = z.strictObject({
  /** Rows, facts or documents that are in it. */
  rows: z.int(),
  bytes: z.int(),
  /** What the last answer said is next; null at the beginning and at the end. */
  next: z.string().nullable(),
  ended: z.boolean(),
  /** Hex, of a file that is whole. */
  sha256: z.string().optional(),
});
const RecordsSchema = z.strictObject({
  v: z.literal(1),
  org: z.string(),
  center: z.string(),
  /** ms UTC */
  begunAt: z.int(),
  endedAt: z.int().nullable(),
  files: z.record(z.string(), PlaceSchema),
  /** What is sealed in these could not be opened: `KIND:ID`. */
  unopened: z.array(z.string()),
  documents: z.strictObject({ erased: z.array(z.string()), damaged: z.array(z.string()) }),
});
export type Records = z.infer<typeof RecordsSchema>;
type Place = z.infer<typeof PlaceSchema>;

const NAME = 'records.json';
const OWN_FOLDER = 0o700;
const OWN_FILE = 0o600;

export interface RecordsFolder {
  readonly records: Records;
  readonly path: (...of: readonly string[]) => string;
  /** The lines of a file behind what is there, and how far that is. */
  readonly append: (file: string, lines: string, place: Pick<Place, 'next' | 'ended'>, rows: number) => Promise<void>;
  /** Makes it, where it is not there. */
  readonly make: () => Promise<void>;
  readonly save: () => Promise<void>;
  /** Every file once more from the disk, with what it hashes to. Rejects with {@link Refused} where one is not as it was written. */
  readonly seal: (at: number) => Promise<void>;
}

export const placeIn = (records: Records, file: string): Place =>
  records.files[file] ?? { rows: 0, bytes: 0, next: null, ended: false };

/** New, or gone on with. Rejects with {@link Refused} where it is another's, or whole. */
export async function openRecordsFolder(dir: string, org: string, center: string, at: number): Promise<RecordsFolder> {
  const path = (...of: readonly string[]): string => join(dir, ...of);
  const records = (await readRecords(dir)) ?? {
    ...{ v: 1, org, center, begunAt: at, endedAt: null, files: {}, unopened: [] },
    documents: { erased: [], damaged: [] },
  };
  if (records.org !== org) throw new Refused(`${dir} holds records of ${records.org}; name another folder with --to.`);
  if (records.endedAt !== null)
    throw new Refused(`The records of ${org} are in ${dir} already, whole; name another folder with --to.`);
  const save = async (): Promise<void> => {
    await writeFile(path(`${NAME}.new`), `${JSON.stringify(records, null, 2)}\n`, { mode: OWN_FILE, flush: true });
    await rename(path(`${NAME}.new`), path(NAME));
  };
  return {
    records,
    path,
    make: async () => {
      await mkdir(path('documents'), { recursive: true, mode: OWN_FOLDER });
      await save();
    },
    save,
    append: async (file, lines, { next, ended }, rows) => {
      const before = placeIn(records, file);
      const bytes = Buffer.from(lines);
      const handle = await open(path(file), before.bytes === 0 ? 'w' : 'r+', OWN_FILE);
      try {
        // What was written behind the last place that was noted is read again.
        if ((await handle.stat()).size < before.bytes) throw otherThan(dir, file);
        await handle.truncate(before.bytes);
        await handle.write(bytes, 0, bytes.length, before.bytes);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      records.files[file] = { rows: before.rows + rows, bytes: before.bytes + bytes.length, next, ended };
      await save();
    },
    seal: async (endedAt) => {
      for (const [file, place] of Object.entries(records.files)) {
        if ((await stat(path(file))).size !== place.bytes) throw otherThan(dir, file);
        place.sha256 = await sha256Of(path(file));
      }
      records.endedAt = endedAt;
      await save();
    },
  };
}

const otherThan = (dir: string, file: string): Refused =>
  new Refused(`${join(dir, file)} is not as it was written; begin anew in another folder.`);

async function readRecords(dir: string): Promise<Records | null> {
  const missing = (error: NodeJS.ErrnoException): null => {
    if (error.code === 'ENOENT') return null;
    throw error;
  };
  const text = await readFile(join(dir, NAME), 'utf8').catch(missing);
  if (text === null) {
    if (((await readdir(dir).catch(missing)) ?? []).length === 0) return null;
    throw new Refused(`${dir} is not empty; name a new folder with --to.`);
  }
  try {
    return RecordsSchema.parse(JSON.parse(text));
  } catch {
    throw new Refused(`${join(dir, NAME)} cannot be read as what this command writes; begin anew in another folder.`);
  }
}

async function sha256Of(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
