/**
 * The tokens of the data folder, which are no person's. The operator's: made anew at every start, in a file that only its owner
 * reads. Whoever can read it runs the center, and could as well read its key. The scraper's: made once and kept, so that what
 * reads the figures goes on after a restart; it opens nothing but the figures, and its file may be opened to the group that
 * reads them.
 */
import { timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';

const OPERATOR_TOKEN_FILE = 'operator.token';
const SCRAPER_TOKEN_FILE = 'metrics.token';
/** As Authorization headers carry it; a file cut off in between is no token. */
const KEPT = /^[\w-]{32,256}$/;

/** Writes a fresh token into the folder and answers how to know it. */
export async function operatorToken(folder: string, random: RandomBytes): Promise<(token: string) => boolean> {
  return knower(await fresh(join(folder, OPERATOR_TOKEN_FILE), random));
}

/** The token of the folder that figures are read with, made where there is none; answers how to know it. */
export async function scraperToken(folder: string, random: RandomBytes): Promise<(token: string) => boolean> {
  const file = join(folder, SCRAPER_TOKEN_FILE);
  const held = (await readFile(file, 'utf8').catch(absent)).trim();
  return knower(KEPT.test(held) ? held : await fresh(file, random));
}

/** Only what is not there is made: a file that cannot be read is for its operator to mend. */
function absent(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}

async function fresh(file: string, random: RandomBytes): Promise<string> {
  const token = Buffer.from(random(32)).toString('base64url');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${token}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return token;
}

function knower(token: string): (offered: string) => boolean {
  const known = Buffer.from(sha256(token));
  return (offered) => timingSafeEqual(known, Buffer.from(sha256(offered)));
}
