/** JSON as it comes over a wire, by one reading wherever it comes in (RFC 8259, 8.1). */
import { isUtf8 } from 'node:buffer';

/**
 * What the bytes say; undefined where they say nothing. They are UTF-8 and nothing is put in the place of what is not; no byte order
 * mark stands before them, which some readers take and others do not; of a name that stands there twice the last is meant.
 */
export function jsonOf(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}
