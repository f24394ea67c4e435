import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PAGE, walState } from './sqlcipher-pages.ts';

/** The sums of fileformat2, §4.2, word by word as the text has them. */
function summed(bytes: Buffer, [a, b]: readonly [number, number], little: boolean): [number, number] {
  let [first, second] = [BigInt(a), BigInt(b)];
  const word = (at: number): bigint => BigInt(little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + word(at) + second) & 0xffff_ffffn;
    second = (second + word(at + 4) + first) & 0xffff_ffffn;
  }
  return [Number(first), Number(second)];
}

/** A WAL of frames that each end a transaction. */
function walOf(frames: number, little: boolean): Buffer {
  const header = Buffer.alloc(32);
  header.writeUInt32BE(little ? 0x377f0682 : 0x377f0683, 0);
  header.writeUInt32BE(3_007_000, 4);
  header.writeUInt32BE(PAGE, 8);
  randomBytes(8).copy(header, 16);
  let sums = summed(header.subarray(0, 24), [0, 0], little);
  header.writeUInt32BE(sums[0], 24);
  header.writeUInt32BE(sums[1], 28);
  const parts = [header];
  for (let n = 1; n <= frames; n++) {
    const head = Buffer.alloc(24);
    head.writeUInt32BE(n, 0);
    head.writeUInt32BE(n, 4);
    header.copy(head, 8, 16, 24);
    const page = randomBytes(PAGE);
    sums = summed(page, summed(head.subarray(0, 8), sums, little), little);
    head.writeUInt32BE(sums[0], 16);
    head.writeUInt32BE(sums[1], 20);
    parts.push(head, page);
  }
  return Buffer.concat(parts);
}

it.each([['little', true] as const, ['big', false] as const])(
  'sums a WAL written by a %s-endian machine',
  (_, little) => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-wal-'));
    const path = join(folder, 'store.db');
    try {
      const wal = walOf(5, little);
      writeFileSync(`${path}-wal`, wal);
      expect(walState(path)).toEqual({ commits: [0, 1, 2, 3, 4], last: 4, sound: 4 });
      const at = 32 + 3 * (24 + PAGE) + 24 + 100;
      wal.writeUInt8(wal.readUInt8(at) ^ 1, at);
      writeFileSync(`${path}-wal`, wal);
      expect(walState(path)).toEqual({ commits: [0, 1, 2, 3, 4], last: 4, sound: 2 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

it('believes no frame of a torn transaction that it ends one, where its header lies in two sectors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-wal-'));
  const path = join(folder, 'store.db');
  try {
    const wal = walOf(45, true);
    // The flag of this frame is the last word of a sector, its salts are the first of the next.
    const split = 41;
    const at = 32 + split * (24 + PAGE);
    expect((at + 8) % 512).toBe(0);
    const all = Array.from({ length: 45 }, (_, place) => place);
    const stateOf = (bytes: Buffer): unknown => {
      writeFileSync(`${path}-wal`, bytes);
      return walState(path);
    };
    const torn = Buffer.from(wal);
    randomBytes(8).copy(torn, at);
    torn.writeUInt8(1, at + 4);
    expect(stateOf(torn)).toEqual({ commits: all.filter((place) => place !== split), last: 44, sound: 40 });
    // One that was written whole counts, whatever was damaged before it.
    const damaged = Buffer.from(wal);
    damaged.writeUInt8(damaged.readUInt8(at - 100) ^ 1, at - 100);
    expect(stateOf(damaged)).toEqual({ commits: all, last: 44, sound: 39 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
