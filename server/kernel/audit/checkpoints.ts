/**
 * Signed checkpoints outside of the database: the seals of every organisation, appended to a file a month and synced. Whoever
 * owns the database can cut its audit off, or let the center seal another in its place; held against these it is found.
 */
import { createReadStream } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Clock } from '#domain/kernel/ids.ts';
import { makeFolder } from '#sealing/make-folder.ts';
import { CenterFailure } from '../db/failure.ts';
import { holdsStill } from '../holds-still.ts';

/** An organisation's chain is noted this often at most while it grows, and where it stands when the center stops. */
const EVERY_MS = 30_000;

const CheckpointSchema = z.object({
  org: z.string(),
  position: z.int().positive(),
  /** Entries sealed so far. */
  total: z.int().nonnegative(),
  /** The chain's hash there, hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** When it was sealed, ms UTC. */
  at: z.int(),
  /** Public key and signature of the seal. */
  key: z.string(),
  sig: z.string(),
});
export type Checkpoint = z.infer<typeof CheckpointSchema>;

export interface Checkpoints {
  /** Takes the newest seals; what is due is on disk when this resolves. `all`: also what is not due yet. */
  readonly note: (seals: readonly Checkpoint[], all?: boolean) => Promise<void>;
  /** Checkpoints of an organisation, as they were written; null for a line that cannot be read. */
  readonly of: (org: string) => AsyncIterable<Checkpoint | null>;
}

/** Throws CenterFailure `checkpoints.unwritable`. */
export async function openCheckpoints(folder: string, clock: Clock): Promise<Checkpoints> {
  try {
    makeFolder(resolve(folder));
  } catch (error) {
    unwritable(folder)(error);
  }
  const file = join(folder, `${new Date(clock()).toISOString().slice(0, 7)}.ndjson`);
  // What a crash left of a last line must not run into the next.
  await appendSynced(file, '\n').catch(unwritable(folder));
  const notedAt = new Map<string, number>();
  const newest = new Map<string, Checkpoint>();
  const written = new Map<string, number>();
  let torn = false;
  return {
    note: async (seals, all = false) => {
      for (const seal of seals) newest.set(seal.org, seal);
      const now = clock();
      const due = [...newest.values()].filter(
        ({ org, position }) =>
          position !== written.get(org) &&
          (all || !holdsStill((notedAt.get(org) ?? Number.NEGATIVE_INFINITY) + EVERY_MS, now, EVERY_MS)),
      );
      if (due.length === 0) return;
      const month = join(folder, `${new Date(now).toISOString().slice(0, 7)}.ndjson`);
      const lines = due.map((one) => `${JSON.stringify(one)}\n`).join('');
      // Nor must what a full disk took of a line.
      const begun = torn ? '\n' : '';
      torn = true;
      await appendSynced(month, begun + lines);
      torn = false;
      for (const { org, position } of due) {
        notedAt.set(org, now);
        written.set(org, position);
      }
    },
    of: (org) => checkpointsIn(folder, org),
  };
}

/** Checkpoints of an organisation in a folder of them, oldest file first. */
export async function* checkpointsIn(folder: string, org: string): AsyncIterable<Checkpoint | null> {
  const files = (await readdir(folder)).filter((name) => /^\d{4}-\d{2}\.ndjson$/.test(name)).sort();
  for (const name of files) {
    const lines = createInterface({ input: createReadStream(join(folder, name)), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) {
      if (line === '') continue;
      const read = readLine(line);
      if (read === null || read.org === org) yield read;
    }
  }
}

function readLine(line: string): Checkpoint | null {
  try {
    return CheckpointSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

async function appendSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'a', 0o640);
  try {
    await handle.appendFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unwritable(folder: string): (error: unknown) => never {
  return (error) => {
    throw new CenterFailure(
      'checkpoints.unwritable',
      `Checkpoints of the audit cannot be written to ${folder}; give the center's user the right to write there, or name another folder with --checkpoints.`,
      error,
    );
  };
}
