import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type Payload, readWhole } from './whole-body.ts';

/** What is handed over of a body that comes a byte at a time, in one piece that is used again for each. */
function read(body: string, limit: number, said?: number): Promise<string> {
  const payload = Object.assign(new EventEmitter(), { resume: () => undefined });
  const headers = said === undefined ? {} : { 'content-length': String(said) };
  const heard = new Promise<string>((resolve) => {
    readWhole({ headers }, payload as unknown as Payload, limit, (error, bytes) =>
      resolve(error ? String((error as Error & { code: string }).code) : bytes.toString()),
    );
  });
  const piece = Buffer.alloc(1);
  for (const byte of Buffer.from(body)) {
    piece[0] = byte;
    payload.emit('data', piece);
  }
  payload.emit('end');
  return heard;
}

describe('the body of a call', () => {
  it('is held as what it is, in however small pieces it comes', async () => {
    const body = 'a body that somebody sends a byte at a time '.repeat(500);
    expect(await read(body, body.length)).toBe(body);
    expect(await read(body, 1_000_000, body.length)).toBe(body);
    expect(await read('', 10, 0)).toBe('');
  });

  it('is refused where it is too large, says so, or is another length than it says', async () => {
    expect(await read('12345', 4)).toBe('FST_ERR_CTP_BODY_TOO_LARGE');
    expect(await read('', 4, 5)).toBe('FST_ERR_CTP_BODY_TOO_LARGE');
    expect(await read('123', 4, 2)).toBe('FST_ERR_CTP_INVALID_CONTENT_LENGTH');
  });
});
