/** How answers are compressed, those of them that it may be worth it for: asking it of each would cost every call. */
import { constants } from 'node:zlib';
import type { FastifyCompressOptions } from '@fastify/compress';
import type { FastifyReply } from 'fastify';
import { ENCODING_NAMES } from './json-bodies.ts';

/** What is shorter goes as it is. */
const THRESHOLD = 1_024;

export const COMPRESSION = {
  threshold: THRESHOLD,
  // What is sent is mostly keys, hashes and sealed bytes: trying harder takes half as long again and saves a hundredth.
  zlibOptions: { level: constants.Z_BEST_SPEED, chunkSize: 64 * 1_024 },
  encodings: [...ENCODING_NAMES],
} satisfies FastifyCompressOptions;

/** Sends text, compressed where it is long and whoever asks takes that. */
export function sendText(reply: FastifyReply, text: string): FastifyReply {
  if (text.length < THRESHOLD || reply.request.headers['accept-encoding'] === undefined) return reply.send(text);
  reply.compress(text);
  return reply;
}
