/**
 * Passwords that were in leaks of others (NIST SP 800-63B-4, 3.1.1.2), from a file of the operator's: lines `HASH:count` in the
 * order of their hashes, as Have I Been Pwned offers its list of SHA-1 hashes for download. It is looked up where it lies: the
 * file has tens of gigabytes. Hashes may be cut short, from 16 digits on, to have a smaller one.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { CenterFailure } from '../../db/failure.ts';

export interface Breached {
  readonly has: (password: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export const NONE_KNOWN: Breached = { has: async () => false, close: async () => undefined };

const LINE = /^([0-9A-F]{16,40})(:\d+)?$/;
/** A stretch that is read at once. Bytes. */
const STRETCH = 4_096;
/** Lines looked at when it is opened: a file in another order would find nothing, and say nothing. */
const SAMPLES = 16;

/** Throws CenterFailure `breached.unreadable`, `breached.line`, `breached.order`, each with what to do. */
export async function openBreached(file: string): Promise<Breached> {
  let handle: FileHandle;
  let size: number;
  try {
    handle = await open(file, 'r');
    ({ size } = await handle.stat());
  } catch (error) {
    throw new CenterFailure('breached.unreadable', `The file ${file} of QD_BREACHED_PASSWORDS cannot be read.`, error);
  }
  try {
    await sampled(handle, size, file);
  } catch (error) {
    await handle.close();
    if (error instanceof CenterFailure) throw error;
    // Opened and not read: a folder, or a disk that fails.
    throw new CenterFailure('breached.unreadable', `The file ${file} of QD_BREACHED_PASSWORDS cannot be read.`, error);
  }
  return {
    has: async (password) => {
      // As it was typed, and as it is kept.
      const forms = new Set([password, password.normalize('NFKC')]);
      for (const form of forms) {
        // How the list is made, not how passwords are kept: nothing of this hash is stored.
        if (await holds(handle, size, createHash('sha1').update(form, 'utf8').digest('hex').toUpperCase())) return true;
      }
      return false;
    },
    close: () => handle.close(),
  };
}

async function sampled(handle: FileHandle, size: number, file: string): Promise<void> {
  let before = '';
  for (let n = 0; n < SAMPLES; n++) {
    const at = Math.floor((size / SAMPLES) * n);
    const [line] = await linesFrom(handle, at, size);
    if (line === undefined) continue;
    const hash = LINE.exec(line.text)?.[1];
    if (hash === undefined) {
      throw new CenterFailure(
        'breached.line',
        `The file ${file} of QD_BREACHED_PASSWORDS has a line that is no HASH:count with a SHA-1 hash in capitals, at byte ${line.at}.`,
      );
    }
    if (hash < before) {
      throw new CenterFailure(
        'breached.order',
        `The file ${file} of QD_BREACHED_PASSWORDS is not in the order of its hashes; take the list ordered by hash, or sort it.`,
      );
    }
    before = hash;
  }
  if (before === '') {
    throw new CenterFailure('breached.line', `The file ${file} of QD_BREACHED_PASSWORDS has no line.`);
  }
}

/** The last line whose hash is not after this one is the only one that can be its beginning. */
async function holds(handle: FileHandle, size: number, hash: string): Promise<boolean> {
  let low = 0;
  let high = size;
  while (high - low > STRETCH) {
    const middle = low + Math.floor((high - low) / 2);
    const [line] = await linesFrom(handle, middle, size);
    if (line === undefined || line.at >= high || hashOf(line.text) > hash) high = middle;
    else low = line.at;
  }
  const near = await linesFrom(handle, low, size, 2 * STRETCH);
  return near.some(({ text }) => {
    const one = hashOf(text);
    return one !== '' && hash.startsWith(one);
  });
}

const hashOf = (line: string): string => line.slice(0, line.includes(':') ? line.indexOf(':') : line.length);

/** Whole lines that begin at or after a byte, as many as one stretch has. */
async function linesFrom(
  handle: FileHandle,
  at: number,
  size: number,
  length = STRETCH,
): Promise<readonly { readonly at: number; readonly text: string }[]> {
  // One byte before, to see whether a line begins here.
  const from = Math.max(0, at - 1);
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position: from });
  const text = buffer.toString('latin1', 0, bytesRead);
  const lines: { at: number; text: string }[] = [];
  let start = at === 0 ? 0 : text.indexOf('\n') + 1;
  if (at > 0 && start === 0) return lines;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    if (end < 0 && from + bytesRead < size) break;
    const line = text.slice(start, end < 0 ? undefined : end).trimEnd();
    if (line !== '') lines.push({ at: from + start, text: line });
    if (end < 0) break;
    start = end + 1;
  }
  return lines;
}
