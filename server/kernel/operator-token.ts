/**
 * The operator's token: made anew at every start, in a file of the data folder that only its owner reads. Whoever can read
 * it runs the center, and could as well read its key.
 */
import { timingSafeEqual } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';

const OPERATOR_TOKEN_FILE = 'operator.token';

/** Writes a fresh token into the folder and answers how to know it. */
export async function operatorToken(folder: string, random: RandomBytes): Promise<(token: string) => boolean> {
  const token = Buffer.from(random(32)).toString('base64url');
  await mkdir(folder, { recursive: true });
  const file = join(folder, OPERATOR_TOKEN_FILE);
  await writeFile(`${file}.new`, `${token}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  const known = Buffer.from(sha256(token));
  return (offered) => timingSafeEqual(known, Buffer.from(sha256(offered)));
}
