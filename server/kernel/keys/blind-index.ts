/**
 * Equality over what is sealed: HMAC-SHA256 of the normalised value, under a key of its own for each organisation, table and
 * column (HKDF-SHA256, RFC 5869), so that equal values in two columns, or two organisations, show nothing of each other.
 */
import { createHmac } from 'node:crypto';
import { hkdfSha256 } from '#sealing/derive.ts';
import type { IndexKey } from './ring.ts';

export interface IndexedColumn {
  /** `schema.table`. */
  readonly table: string;
  readonly column: string;
  /** What counts as the same value; null for one that is found by nothing. */
  readonly normalised: (value: string) => string | null;
}

/** The tag of a value, or null. 32 bytes. */
export function blindIndex(key: IndexKey, org: string, column: IndexedColumn, value: string): Buffer | null {
  const normalised = column.normalised(value);
  if (normalised === null) return null;
  return createHmac('sha256', columnKey(key, org, column))
    .update(normalised, 'utf8')
    .digest();
}

/** By key and purpose: a key never changes, so what is derived from it is remembered as long as it is. */
const derived = new WeakMap<IndexKey, Map<string, Buffer>>();

function columnKey(key: IndexKey, org: string, { table, column }: IndexedColumn): Buffer {
  const purpose = `qd.index.1|${org}|${table}|${column}`;
  const ofKey = derived.get(key) ?? new Map<string, Buffer>();
  derived.set(key, ofKey);
  const known = ofKey.get(purpose) ?? hkdfSha256(key.bytes, Buffer.alloc(0), purpose, 32);
  ofKey.set(purpose, known);
  return known;
}

/**
 * The number that a caller is called back at: its digits. Of a North American number with its country code (1 and ten digits),
 * the ten; shorter ones than three digits name nobody.
 */
export const CALLBACK: IndexedColumn = {
  table: 'cad.incident',
  column: 'callback',
  normalised: (value) => {
    const digits = value.normalize('NFKC').replace(/\D/g, '');
    if (digits.length < 3) return null;
    return digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
  },
};
