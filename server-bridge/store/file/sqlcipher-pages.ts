/**
 * The pages of a SQLCipher 4 file, read without SQLite: to tell a wrong key from a damaged file, to look for damage ahead of
 * its being stumbled on, and to get at what is left when SQLite gives up.
 *
 * A page is 4,096 bytes: AES-256-CBC, then its IV (16) and HMAC-SHA512 (64) over ciphertext, IV and page number (SQLCipher
 * design, "Database Encryption and Crypto"; `legacy=4`). The first 16 bytes of page 1 are the salt, which with a raw key
 * makes only the HMAC's key. In the WAL the same pages stand behind a header each (sqlite.org, fileformat2, §4.1).
 */
import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

export const PAGE = 4_096;
const IV = 16;
const TAG = 64;
const SALT = 16;
/** Bytes of a page that SQLite uses. */
export const USABLE = PAGE - IV - TAG;
const MAGIC = Buffer.from('SQLite format 3\0');
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const SECTOR = 512;

export interface PageImage {
  readonly number: number;
  /** Decrypted; the reserved bytes at its end are not part of it. */
  readonly bytes: Buffer;
  /** Whether its bytes are what was written. */
  readonly intact: boolean;
}

export interface PageReader {
  readonly pages: number;
  readonly frames: number;
  /** A page of the file itself; null beyond its end. */
  readonly page: (number: number) => PageImage | null;
  /** A page of the WAL's present generation, by place; null for a frame of another. */
  readonly frame: (place: number) => PageImage | null;
  /** Looks at the WAL as it is now. */
  readonly rereadWal: () => void;
  readonly close: () => void;
}

/** Opens the pages of a store and its WAL for reading, under its key; a null key reads one that is not encrypted. */
export function openPages(path: string, key: Uint8Array | null): PageReader {
  const main = existsSync(path) ? openSync(path, 'r') : null;
  let wal = openWal(path);
  const open = opener(key, saltOf(readAt(main, 0, SALT), wal));
  return {
    get pages() {
      return main === null ? 0 : Math.floor(fstatSync(main).size / PAGE);
    },
    get frames() {
      return wal.frames;
    },
    page: (number) => {
      const bytes = readAt(main, (number - 1) * PAGE, PAGE);
      return bytes && open(bytes, number);
    },
    frame: (place) => {
      const bytes = wal.frame(place);
      return bytes && open(bytes.subarray(FRAME_HEADER), bytes.readUInt32BE(0));
    },
    rereadWal: () => {
      wal.close();
      wal = openWal(path);
    },
    close: () => {
      if (main !== null) closeSync(main);
      wal.close();
    },
  };
}

function readAt(file: number | null, at: number, length: number): Buffer | null {
  if (file === null) return null;
  const bytes = Buffer.alloc(length);
  return readSync(file, bytes, 0, length, at) === length ? bytes : null;
}

interface Wal {
  readonly header: Buffer | null;
  readonly frames: number;
  /** Header and page of a frame; null where it is of an earlier generation. */
  readonly frame: (place: number) => Buffer | null;
  readonly close: () => void;
}

function openWal(path: string): Wal {
  const file = existsSync(`${path}-wal`) ? openSync(`${path}-wal`, 'r') : null;
  const header = readAt(file, 0, WAL_HEADER);
  const size = file === null ? 0 : fstatSync(file).size - WAL_HEADER;
  return {
    header,
    frames: Math.max(0, Math.floor(size / (FRAME_HEADER + PAGE))),
    frame: (place) => {
      const bytes = readAt(file, WAL_HEADER + place * (FRAME_HEADER + PAGE), FRAME_HEADER + PAGE);
      return bytes && header && bytes.subarray(8, 16).equals(header.subarray(16, 24)) ? bytes : null;
    },
    close: () => {
      if (file !== null) closeSync(file);
    },
  };
}

/** The salt as page 1 has it, or a copy of page 1 in the WAL where the file's own is gone. */
function saltOf(first: Buffer | null, wal: Wal): Buffer {
  if (first?.some((byte) => byte !== 0)) return first;
  for (let place = 0; place < wal.frames; place++) {
    const frame = wal.frame(place);
    if (frame?.readUInt32BE(0) === 1) return frame.subarray(FRAME_HEADER, FRAME_HEADER + SALT);
  }
  return Buffer.alloc(SALT);
}

function opener(key: Uint8Array | null, salt: Buffer): (bytes: Buffer, number: number) => PageImage {
  if (!key) return (bytes, number) => ({ number, bytes: bytes.subarray(0, PAGE), intact: true });
  const macSalt = Buffer.from(salt.map((byte) => byte ^ 0x3a));
  const macKey = pbkdf2Sync(key, macSalt, 2, 32, 'sha512');
  return (bytes, number) => {
    const from = number === 1 ? SALT : 0;
    const sealed = bytes.subarray(from, USABLE);
    const iv = bytes.subarray(USABLE, USABLE + IV);
    const place = Buffer.alloc(4);
    place.writeUInt32LE(number);
    const mac = createHmac('sha512', macKey).update(sealed).update(iv).update(place).digest();
    const intact = timingSafeEqual(mac, bytes.subarray(USABLE + IV, PAGE));
    const cipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
    const plain = Buffer.concat([cipher.update(sealed), cipher.final()]);
    return { number, bytes: number === 1 ? Buffer.concat([MAGIC, plain]) : plain, intact };
  };
}

export interface WalState {
  /** Places of the frames that end a transaction; what is torn may say so and not be one (`liesInTwoSectors`). */
  readonly commits: readonly number[];
  /** The last frame of the present generation. */
  readonly last: number;
  /** Through where SQLite reads it: to the first checksum that does not hold (fileformat2, §4.2). */
  readonly sound: number;
}

type Sums = readonly [number, number];

/** The WAL of a store as SQLite will see it. Opens only the WAL: the file itself may be locked by this process. */
export function walState(path: string): WalState {
  const wal = openWal(path);
  try {
    const { header } = wal;
    const commits: number[] = [];
    let last = -1;
    let sound = -1;
    if (!header || wal.frames === 0) return { commits, last, sound };
    const little = header.readUInt32BE(0) === 0x377f0682;
    let sums: Sums = checksum(header.subarray(0, 24), [0, 0], little);
    let holds = sums[0] === header.readUInt32BE(24) && sums[1] === header.readUInt32BE(28);
    /** What the frame before says that it sums up to. */
    let before: Sums | null = sums;
    for (let place = 0; place < wal.frames; place++) {
      const frame = wal.frame(place);
      if (!frame) {
        holds = false;
        before = null;
        continue;
      }
      last = place;
      const said: Sums = [frame.readUInt32BE(16), frame.readUInt32BE(20)];
      const follows = (from: Sums): boolean => {
        const [a, b] = checksum(frame.subarray(FRAME_HEADER), checksum(frame.subarray(0, 8), from, little), little);
        return a === said[0] && b === said[1];
      };
      holds &&= follows(sums);
      if (holds) {
        sums = said;
        sound = place;
      }
      const ends = frame.readUInt32BE(4) !== 0;
      if (ends && (holds || !liesInTwoSectors(place) || (before !== null && follows(before)))) commits.push(place);
      before = said;
    }
    return { commits, last, sound };
  } finally {
    wal.close();
  }
}

/**
 * Whether a power cut may have written one half of a frame's header and not the other: what the first says, that the frame ends a
 * transaction, is then of another write than the salts in the second, or of none. A disk writes a sector whole or not at all.
 */
function liesInTwoSectors(place: number): boolean {
  const salts = WAL_HEADER + place * (FRAME_HEADER + PAGE) + 8;
  return salts % SECTOR === 0;
}

/** A whole WAL is summed before a store opens after a kill, by code that nothing has warmed: words are read as an array. */
function checksum(bytes: Buffer, from: Sums, little: boolean): Sums {
  const native = little === (endianness() === 'LE');
  const ready = native && bytes.byteOffset % 4 === 0 ? bytes : Buffer.concat([bytes]);
  if (!native) ready.swap32();
  const words = new Int32Array(ready.buffer, ready.byteOffset, ready.length / 4);
  let a = from[0] | 0;
  let b = from[1] | 0;
  for (let i = 0; i + 2 <= words.length; i += 2) {
    a = (a + (words[i] ?? 0) + b) | 0;
    b = (b + (words[i + 1] ?? 0) + a) | 0;
  }
  return [a >>> 0, b >>> 0];
}
