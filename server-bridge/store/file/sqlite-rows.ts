/** Rows as SQLite lays them out in pages (sqlite.org, fileformat2, §1.6 and §2): read from any page, whatever is around it. */
import { type PageImage, USABLE } from './sqlcipher-pages.ts';

export type Cell = null | number | string | Buffer;
export interface FoundRow {
  /** The row id of a table's row; null for a row of a table without. */
  readonly rowid: number | null;
  readonly cells: readonly Cell[];
}

const TABLE_LEAF = 13;
const INDEX_LEAF = 10;
const INDEX_INNER = 2;
const TABLE_INNER = 5;

const startOf = (image: PageImage): number => (image.number === 1 ? 100 : 0);

/** Whether a page has the header of a b-tree page and cells that lie within it. */
export function looksLikeTree(image: PageImage): boolean {
  const at = startOf(image);
  const { bytes } = image;
  const kind = bytes[at] ?? 0;
  if (![TABLE_LEAF, INDEX_LEAF, INDEX_INNER, TABLE_INNER].includes(kind)) return false;
  const cells = bytes.readUInt16BE(at + 3);
  const content = bytes.readUInt16BE(at + 5);
  return cells <= USABLE / 4 && content <= USABLE && (bytes[at + 7] ?? 255) <= 60;
}

/** The rows that a page holds. `overflow` gives pages by number, for rows too long for one. Never throws. */
export function rowsOf(image: PageImage, overflow: (number: number) => Buffer | null): FoundRow[] {
  if (!looksLikeTree(image)) return [];
  const { bytes } = image;
  const at = startOf(image);
  const kind = bytes[at];
  if (kind === TABLE_INNER) return [];
  const pointers = at + (kind === INDEX_INNER ? 12 : 8);
  const count = bytes.readUInt16BE(at + 3);
  const rows: FoundRow[] = [];
  for (let i = 0; i < count && pointers + 2 * i + 2 <= USABLE; i++) {
    try {
      const row = rowAt(bytes, bytes.readUInt16BE(pointers + 2 * i), kind as number, overflow);
      if (row) rows.push(row);
    } catch (error) {
      // Damaged bytes point anywhere: what is outside the page is no row.
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return rows;
}

function rowAt(
  bytes: Buffer,
  start: number,
  kind: number,
  overflow: (number: number) => Buffer | null,
): FoundRow | null {
  let at = kind === INDEX_INNER ? start + 4 : start;
  const [length, afterLength] = varint(bytes, at);
  at = afterLength;
  let rowid: number | null = null;
  if (kind === TABLE_LEAF) [rowid, at] = varint(bytes, at);
  if (length <= 0 || length > 1_000_000) return null;
  const payload = payloadAt(bytes, at, length, kind === TABLE_LEAF, overflow);
  const cells = payload && cellsOf(payload);
  return cells ? { rowid, cells } : null;
}

function payloadAt(
  bytes: Buffer,
  at: number,
  length: number,
  table: boolean,
  overflow: (number: number) => Buffer | null,
): Buffer | null {
  const most = table ? USABLE - 35 : Math.floor(((USABLE - 12) * 64) / 255) - 23;
  if (length <= most) return at + length <= USABLE ? bytes.subarray(at, at + length) : null;
  const least = Math.floor(((USABLE - 12) * 32) / 255) - 23;
  const spread = least + ((length - least) % (USABLE - 4));
  const local = spread <= most ? spread : least;
  const parts = [bytes.subarray(at, at + local)];
  let left = length - local;
  let next = bytes.readUInt32BE(at + local);
  for (let hops = 0; left > 0 && hops < 300; hops++) {
    const page = overflow(next);
    if (!page) return null;
    parts.push(page.subarray(4, 4 + Math.min(left, USABLE - 4)));
    left -= USABLE - 4;
    next = page.readUInt32BE(0);
  }
  return left > 0 ? null : Buffer.concat(parts);
}

function cellsOf(payload: Buffer): Cell[] | null {
  const [headerLength, first] = varint(payload, 0);
  if (headerLength > payload.length || headerLength > 64) return null;
  const cells: Cell[] = [];
  let type = first;
  let at = headerLength;
  while (type < headerLength) {
    const [serial, after] = varint(payload, type);
    type = after;
    const size = sizeOf(serial);
    if (size === null || at + size > payload.length) return null;
    cells.push(cellOf(serial, payload.subarray(at, at + size)));
    at += size;
  }
  return cells;
}

function sizeOf(serial: number): number | null {
  if (serial <= 4) return serial;
  if (serial <= 9) return [6, 8, 8, 0, 0][serial - 5] ?? null;
  return serial < 12 ? null : Math.floor((serial - 12) / 2);
}

function cellOf(serial: number, bytes: Buffer): Cell {
  if (serial === 0) return null;
  if (serial === 7) return bytes.readDoubleBE(0);
  if (serial === 8) return 0;
  if (serial === 9) return 1;
  if (serial === 6) return Number(bytes.readBigInt64BE(0));
  if (serial < 7) return bytes.readIntBE(0, bytes.length);
  return serial % 2 === 0 ? Buffer.from(bytes) : bytes.toString('utf8');
}

function varint(bytes: Buffer, at: number): [value: number, after: number] {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes.readUInt8(at + i);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + i + 1];
  }
  return [value * 256 + bytes.readUInt8(at + 8), at + 9];
}
