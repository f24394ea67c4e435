/** The body of a call, read whole. */
import type { EventEmitter } from 'node:events';
import { errorCodes, type FastifyRequest } from 'fastify';

/** Room is made for so many times what has come, where more is to come. */
const AHEAD = 8;

/** What a body is read from: Node's own request. */
export type Payload = Pick<EventEmitter, 'on' | 'off'> & { readonly resume: () => unknown };

/**
 * Hands over the bytes once they are all here, or Fastify's own error for what is larger than `limit` or not as long as its
 * header says. Pieces are copied as they come: one that is kept costs hundreds of bytes however small it is, and how small is
 * for whoever sends it to choose. Room is made for as much as the header says, but never for much more than what came.
 */
export function readWhole(
  request: Pick<FastifyRequest, 'headers'>,
  payload: Payload,
  limit: number,
  done: (error: Error | null, bytes: Buffer) => void,
): void {
  const said = Number(request.headers['content-length']);
  let held = Buffer.alloc(0);
  let come = 0;
  const end = (error: Error | null): void => {
    payload.off('data', take);
    payload.off('end', whole);
    payload.off('error', broken);
    done(error, held.subarray(0, come));
  };
  const take = (piece: Buffer): void => {
    const length = come + piece.length;
    if (length > limit) {
      end(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
      return;
    }
    if (length > held.length) {
      const expected = Number.isNaN(said) ? Math.min(2 * held.length, limit) : Math.min(said, AHEAD * length);
      const room = Buffer.allocUnsafe(Math.max(length, expected));
      held.copy(room, 0, 0, come);
      held = room;
    }
    piece.copy(held, come);
    come = length;
  };
  const whole = (): void =>
    end(Number.isNaN(said) || said === come ? null : new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());
  const broken = (error: Error): void => end(Object.assign(error, { statusCode: 400 }));
  if (said > limit) {
    done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE(), held);
    return;
  }
  payload.on('data', take);
  payload.on('end', whole);
  payload.on('error', broken);
  payload.resume();
}
