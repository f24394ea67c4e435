/** Asking a provider back. Its address is configuration; only its answer to a good request counts. */

import { request } from 'undici';
import { jsonOf } from '#sealing/json-bytes.ts';
import type { Confirm } from './providers/provider.ts';

const PATIENCE_MS = 5_000;
const LARGEST = 1_048_576;

export function confirmAt(base: string): Confirm {
  return async (path, headers) => {
    try {
      const { statusCode, body } = await request(new URL(path, base), {
        headers: { accept: 'application/json', ...headers },
        headersTimeout: PATIENCE_MS,
        bodyTimeout: PATIENCE_MS,
      });
      const parts: Buffer[] = [];
      let size = 0;
      for await (const part of body) {
        size += (part as Buffer).length;
        if (size > LARGEST) return null;
        parts.push(part as Buffer);
      }
      return statusCode === 200 ? (jsonOf(Buffer.concat(parts)) ?? null) : null;
    } catch {
      return null;
    }
  };
}
