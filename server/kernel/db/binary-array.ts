/**
 * A column of many rows as one parameter: an array in PostgreSQL's binary form (array_send in its utils/adt/arrayfuncs.c, and
 * the send functions of the types). It is read without a parser at the other end, and bytes go as they are.
 */

/** Object ids of the element types, from PostgreSQL's catalog; they never change. */
const OIDS = { text: 25, bigint: 20, integer: 23, boolean: 16, bytea: 17 } as const;

export type ElementType = keyof typeof OIDS;
export type Element = string | number | boolean | Uint8Array | null | undefined;

const HEADER = 12;
const DIMENSION = 8;

function lengthOf(value: Element, type: ElementType): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'string') return Buffer.byteLength(value, 'utf8');
  if (typeof value === 'object') return value.length;
  return type === 'bigint' ? 8 : type === 'integer' ? 4 : 1;
}

/** Undefined is null. A value of another type than it is said to be throws. */
export function binaryArray(type: ElementType, values: readonly Element[]): Buffer {
  let length = HEADER + (values.length > 0 ? DIMENSION : 0);
  let nulls = 0;
  for (const value of values) {
    length += 4 + lengthOf(value, type);
    if (value === null || value === undefined) nulls = 1;
  }
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeInt32BE(values.length > 0 ? 1 : 0, 0);
  bytes.writeInt32BE(nulls, 4);
  bytes.writeInt32BE(OIDS[type], 8);
  if (values.length === 0) return bytes;
  bytes.writeInt32BE(values.length, HEADER);
  bytes.writeInt32BE(1, HEADER + 4);
  let at = HEADER + DIMENSION;
  for (const value of values) at = put(bytes, at, type, value);
  return bytes;
}

/** Writes one element behind its length; where the next begins. */
function put(bytes: Buffer, at: number, type: ElementType, value: Element): number {
  if (value === null || value === undefined) return bytes.writeInt32BE(-1, at);
  if (typeof value === 'string' && type === 'text') {
    const written = bytes.write(value, at + 4, 'utf8');
    bytes.writeInt32BE(written, at);
    return at + 4 + written;
  }
  if (typeof value === 'number' && type === 'bigint') {
    const high = Math.floor(value / 2 ** 32);
    bytes.writeInt32BE(8, at);
    bytes.writeInt32BE(high, at + 4);
    return bytes.writeUInt32BE(value - high * 2 ** 32, at + 8);
  }
  if (typeof value === 'number' && type === 'integer') {
    bytes.writeInt32BE(4, at);
    return bytes.writeInt32BE(value, at + 4);
  }
  if (typeof value === 'boolean' && type === 'boolean') {
    bytes.writeInt32BE(1, at);
    return bytes.writeUInt8(value ? 1 : 0, at + 4);
  }
  if (typeof value === 'object' && type === 'bytea') {
    bytes.writeInt32BE(value.length, at);
    bytes.set(value, at + 4);
    return at + 4 + value.length;
  }
  throw new Error(`a ${typeof value} is not of type ${type}`);
}
