import type { IncomingMessage } from 'node:http';

/** Reads what a page sends, once it is all there; null where it is more than `most` bytes. Nobody is told of one that breaks off. */
export function readBody(request: IncomingMessage, most: number, take: (body: Buffer | null) => void): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on('error', () => undefined);
  request.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= most) parts.push(part);
  });
  request.once('end', () => take(bytes > most ? null : Buffer.concat(parts)));
}
