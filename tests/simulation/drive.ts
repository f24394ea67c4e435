/**
 * The disk of a simulated station: the store's bytes in memory, or a real file with its write-ahead log, which a power cut
 * tears as it tears one. SQLite's own recovery, and the store's, then find what is left.
 */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import { openPages, PAGE } from '../../server-bridge/store/file/sqlcipher-pages.ts';
import { type Opened, type OpenStore, openStore } from '../../server-bridge/store/open.ts';
import type { StoreOptions } from '../../server-bridge/store/options.ts';
import { salvageStore } from '../../server-bridge/store/salvage/salvage.ts';
import type { Chance } from './chance.ts';

/** What a disk holds at a moment. `wal` is empty for a store in memory. */
export interface DiskImage {
  readonly main: Buffer;
  readonly wal: Buffer;
}

type Options = Omit<StoreOptions, 'key' | 'plain'>;

export interface Drive {
  /** Opens what the image holds, or a new store; the earlier one has to be closed. */
  readonly open: (image: DiskImage | null, options: Options) => Opened;
  readonly image: (store: OpenStore) => DiskImage;
  /** What a power cut in the middle of a commit leaves, given the disk before it and after it. */
  readonly torn: (before: DiskImage, after: DiskImage, chance: Chance) => DiskImage;
  /** What is left of it where it is damaged while nobody has it open; null of a store in memory, which no page tells of. */
  readonly damaged: ((image: DiskImage, chance: Chance) => Damaged) | null;
  /** Sets a store aside, damaged or of a workstation that is enrolled anew, and opens the one that is refilled from it. */
  readonly salvage: (image: DiskImage, options: Options) => Opened;
  readonly close: () => void;
}

/** What lies whole on pages that were not damaged. */
export interface Kept {
  readonly fact: (id: string) => boolean;
  /** Any key of an entity. */
  readonly key: (of: EntityRef) => boolean;
}

export interface Damaged {
  readonly image: DiskImage;
  readonly keeps: Kept;
}

const NOTHING = Buffer.alloc(0);

export function memoryDrive(): Drive {
  return {
    open: (image, options) => {
      const plain = { ...options, key: null, plain: true };
      return openStore(image?.main ?? ':memory:', plain);
    },
    image: (store) => ({ main: store.serialize(), wal: NOTHING }),
    torn: (before) => before,
    damaged: null,
    salvage: salvageInMemory,
    close: () => undefined,
  };
}

/** Of stores that lie in memory otherwise. */
const KEY = new Uint8Array(32).fill(7);

/** A store that is refilled is a file first, sealed as its pages are read, and then as it is in memory. */
function salvageInMemory(image: DiskImage, options: Options): Opened {
  const folder = mkdtempSync(join(roomInMemory(), 'qd-simulation-'));
  try {
    const path = join(folder, 'store.db');
    writeFileSync(path, image.main);
    const raw = new Database(path);
    raw.pragma("cipher='sqlcipher'");
    raw.pragma('legacy=4');
    raw.pragma(`rekey="x'${Buffer.from(KEY).toString('hex')}'"`);
    raw.close();
    const salvaged = salvageStore(path, { ...options, key: KEY });
    if (!salvaged.ok) return salvaged;
    const main = salvaged.store.serialize();
    salvaged.store.abandon();
    // Of a file it says that there is a log of writes beside it (fileformat2, §1.3.3).
    main.fill(1, 18, 20);
    return openStore(main, { ...options, key: null, plain: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function fileDrive(key: Uint8Array): Drive {
  const folder = mkdtempSync(join(roomInMemory(), 'qd-simulation-'));
  let stores = 0;
  const place = (): string => join(folder, String(stores));
  const read = (path: string): Buffer => (existsSync(path) ? readFileSync(path) : NOTHING);
  const put = (image: DiskImage | null): string => {
    rmSync(place(), { recursive: true, force: true });
    stores++;
    mkdirSync(place());
    const path = join(place(), 'store.db');
    if (image) writeFileSync(path, image.main);
    if (image && image.wal.length > 0) writeFileSync(`${path}-wal`, image.wal);
    return path;
  };
  return {
    open: (image, options) => openStore(put(image), { ...options, key }),
    salvage: (image, options) => {
      const salvaged = salvageStore(put(image), { ...options, key });
      return salvaged.ok ? { ok: true, store: salvaged.store } : salvaged;
    },
    damaged: (image, chance) => {
      const left = damage(image, chance);
      return { image: left, keeps: keptIn(put(left), key) };
    },
    image: () => {
      const path = join(place(), 'store.db');
      return { main: read(path), wal: read(`${path}-wal`) };
    },
    torn,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Some pages broken or zeroed, of the file or of its log of writes, or the file cut short. */
function damage(image: DiskImage, chance: Chance): DiskImage {
  const [main, wal] = [Buffer.from(image.main), Buffer.from(image.wal)];
  const pages = Math.floor(main.length / PAGE);
  if (pages > 2 && chance.happens(0.15)) return { main: main.subarray(0, (1 + chance.below(pages - 1)) * PAGE), wal };
  for (let left = 1 + chance.below(6); left > 0; left--) {
    const inMain = main.length >= PAGE && (wal.length <= WAL_HEADER || chance.happens(0.6));
    const [bytes, from] = inMain ? [main, 0] : [wal, WAL_HEADER];
    if (bytes.length <= from) continue;
    if (inMain && chance.happens(0.3)) zeroPage(bytes, chance.below(pages));
    else {
      const at = from + chance.below(bytes.length - from);
      bytes[at] = (bytes[at] ?? 0) ^ (1 + chance.below(255));
    }
  }
  return { main, wal };
}

function zeroPage(bytes: Buffer, page: number): void {
  bytes.fill(0, page * PAGE, (page + 1) * PAGE);
}

/** By the pages of a store as they lie on disk, each by itself. */
function keptIn(path: string, key: Uint8Array): Kept {
  const pages = openPages(path, key);
  const looked = [
    ...Array.from({ length: pages.pages }, (_, i) => pages.page(i + 1)),
    ...Array.from({ length: pages.frames }, (_, i) => pages.frame(i)),
  ];
  pages.close();
  const whole = looked.flatMap((image) => (image?.intact ? [image.bytes.toString('latin1')] : [])).join('');
  return {
    fact: (id) => whole.includes(`"id":"${id}"`),
    key: (of) => whole.includes(`"entity":"${of}"`),
  };
}

/** A folder that no disk has to be waited for, where the machine has one. */
function roomInMemory(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

const SECTOR = 512;
const WAL_HEADER = 32;

/**
 * Of what SQLite orders (fileformat2 §4; `synchronous=FULL`): the header of a log that begins anew is on disk before its
 * frames, all frames of a commit before any page is copied back. Within each of these steps every sector may or may not
 * have been written, the file may end early, and the sector under the head may hold anything.
 */
function torn(before: DiskImage, after: DiskImage, chance: Chance): DiskImage {
  const copiedBack = !before.main.equals(after.main);
  if (copiedBack && chance.happens(0.5)) return { main: sectors(before.main, after.main, 0, chance), wal: after.wal };
  const anew = !before.wal.subarray(0, WAL_HEADER).equals(after.wal.subarray(0, WAL_HEADER));
  if (anew && chance.happens(0.3)) return before;
  return { main: before.main, wal: sectors(before.wal, after.wal, WAL_HEADER, chance) };
}

/** From the first byte on that differs, a mixture of both; what comes before `from` is as it is after. */
function sectors(before: Buffer, after: Buffer, from: number, chance: Chance): Buffer {
  const begin = Math.max(from, firstDifference(before, after, from));
  if (begin >= after.length) return after;
  const mixed = Buffer.from(after);
  if (chance.happens(0.5)) {
    // Written in order, up to somewhere: beyond it the file is what it was, or ends.
    const cut = begin + chance.below(after.length - begin);
    if (before.length <= cut) return mixed.subarray(0, cut);
    before.copy(mixed, cut, cut);
    return before.length < after.length ? mixed.subarray(0, Math.max(cut, before.length)) : mixed;
  }
  for (let at = begin - (begin % SECTOR); at < after.length; at += SECTOR) {
    const [start, end] = [Math.max(at, begin), Math.min(at + SECTOR, after.length)];
    const roll = chance.next();
    if (roll < 0.45) continue;
    if (roll < 0.95) {
      mixed.fill(0, start, end);
      if (start < before.length) before.copy(mixed, start, start, Math.min(end, before.length));
    } else mixed.set(chance.bytes(end - start), start);
  }
  return mixed;
}

function firstDifference(a: Buffer, b: Buffer, from: number): number {
  const most = Math.min(a.length, b.length);
  for (let at = from; at < most; at++) if (a[at] !== b[at]) return at;
  return most;
}
