/** JSON bodies, compressed or not: read whole, expanded in one go, never beyond what the route may be sent. */
import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, brotliDecompressSync, gunzip, gunzipSync, inflate, inflateSync } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { inTurn } from '#domain/kernel/turns.ts';
import { Problem } from './problem.ts';
import { readWhole } from './whole-body.ts';

/** What is this small is expanded where it is: going to a thread for it takes longer. */
const SMALL = 32 * 1024;
const SMALL_EXPANDED = 256 * 1024;

/** Output of one step in a thread: with Node's own 16 KiB a push of facts came back to the loop sixty times. */
const LARGEST_STEP = 4 * 1_048_576;

/** Fastify's parser would pass over it, and every other reader here refuses it (sealing/json-bytes.ts). */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

interface Limit {
  readonly maxOutputLength: number;
  readonly chunkSize?: number;
}

interface Encoding {
  readonly here: (bytes: Buffer, limit: Limit) => Buffer;
  readonly aside: (bytes: Buffer, limit: Limit) => Promise<Buffer>;
}

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['gzip', { here: gunzipSync, aside: promisify<Buffer, Limit, Buffer>(gunzip) }],
  ['deflate', { here: inflateSync, aside: promisify<Buffer, Limit, Buffer>(inflate) }],
  ['br', { here: brotliDecompressSync, aside: promisify<Buffer, Limit, Buffer>(brotliDecompress) }],
]);

export const ENCODING_NAMES = [...ENCODINGS.keys()] as readonly ('gzip' | 'deflate' | 'br')[];

/** Pushes of a log come one behind the other and are of use in that order alone. */
const turn = inTurn();

function isTooLarge(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
}

async function expanded(bytes: Buffer, encoding: Encoding, limit: number): Promise<Buffer> {
  try {
    if (bytes.length <= SMALL) {
      try {
        return encoding.here(bytes, { maxOutputLength: Math.min(limit, SMALL_EXPANDED) });
      } catch (error) {
        if (!isTooLarge(error)) throw error;
      }
    }
    const chunkSize = Math.min(LARGEST_STEP, limit, 4 * bytes.length);
    return await turn('', encoding.aside(bytes, { maxOutputLength: limit, chunkSize }));
  } catch (error) {
    if (isTooLarge(error))
      throw new Problem(413, 'body.large', 'This is more than one call may send; send it in parts.');
    throw new Problem(400, 'body.encoding', 'The body cannot be decompressed.');
  }
}

/**
 * Has bodies read as JSON (RFC 8259), plain or compressed, up to the limit of their route; throws Problems for what is none.
 */
export function readJsonBodies(app: FastifyInstance, bodyLimit: number): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', (request, payload, done) => {
    const limit = limitOf(request, bodyLimit);
    const read = (text: Buffer): void => {
      // What stands for something else elsewhere is not guessed at (RFC 8259, 8.1).
      if (isUtf8(text) && !text.subarray(0, 3).equals(BYTE_ORDER_MARK))
        void parse(request, text.toString('utf8'), done);
      else done(new Problem(400, 'body.text', 'The body is not text in UTF-8, without a byte order mark.'));
    };
    const name = request.headers['content-encoding']?.toLowerCase();
    const encoding = name === undefined || name === 'identity' ? null : ENCODINGS.get(name);
    readWhole(request, payload, limit, (error, bytes) => {
      if (error) done(error);
      else if (encoding === null) read(bytes);
      else if (encoding) void expanded(bytes, encoding, limit).then(read, done);
      else done(new Problem(415, 'body.encoding', 'Compress with gzip, deflate or br, or not at all.'));
    });
  });
}

/** The largest body of a route. */
export function limitOf(request: FastifyRequest, otherwise: number): number {
  return request.routeOptions.bodyLimit ?? otherwise;
}
