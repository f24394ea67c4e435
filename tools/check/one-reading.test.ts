/** What comes over a wire is read by one reading, whatever door it comes in by. */
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../../sealing/json-bytes.ts';
import { mustNotReportInClear, mustNotShareInClear } from '../../server/kernel/http/in-clear.ts';
import { readJsonBodies } from '../../server/kernel/http/json-bodies.ts';
import { networkOf } from '../../server/kernel/http/network.ts';
import { readMessage } from '../../server-bridge/bridge/door.ts';
import { sources } from '../testing/written.ts';

const PRODUCT = ['domain', 'sealing', 'server', 'server-bridge'].flatMap((folder) => sources(folder));

const center = Fastify();
beforeAll(() => {
  readJsonBodies(center as never, 4_000_000);
  center.post('/', async ({ body }) => ({ read: body }));
});
afterAll(() => center.close());

/** What a door of the center reads, as JSON again; null where it reads nothing. */
async function readByCenter(bytes: Buffer): Promise<string | null> {
  const headers = { 'content-type': 'application/json' };
  const answer = await center.inject({ method: 'POST', url: '/', headers, payload: bytes });
  if (answer.statusCode !== 200) return null;
  return JSON.stringify((answer.json() as { readonly read: unknown }).read);
}

const readByWire = (bytes: Buffer): string | null => {
  const read = jsonOf(bytes);
  return read === undefined ? null : JSON.stringify(read);
};

/** Text that readers of JSON take for different things. */
const AMBIGUOUS = [
  '',
  ' ',
  '{}{}',
  '{}\u0000',
  '{"a":1,}',
  '[1,]',
  "{'a':1}",
  '{a:1}',
  '{"a":1}//x',
  '{"a":/**/1}',
  '{"a":NaN}',
  '{"a":-Infinity}',
  '{"a":0x10}',
  '{"a":01}',
  '{"a":+1}',
  '{"a":.5}',
  '{"a":1.}',
  '{"a":"\n"}',
  '{"a":"\\x41"}',
  '{"a":"\\u12"}',
  '{"a":True}',
  '\ufeff{}',
  '\u00a0{}',
  '\u2028{}',
];
/** Text that all of them take, for one and the same. */
const PLAIN = [
  '{"a":1,"a":2}',
  '{"a":9007199254740993}',
  '{"a":1e400,"b":-0,"c":1E2}',
  '{"a":"\\ud800"}',
  '{"a":"\\u0000"}',
  '{"a":"\u2028\u202e"}',
  '\t\r\n {"a" : [ ] } ',
  'null',
  '"text"',
  '[[[[]]]]',
];

describe('JSON', () => {
  it('is the same at the center, between consoles, at a webhook and at the bridge, or nowhere (ASVS 1.5.3)', async () => {
    for (const text of AMBIGUOUS) {
      const bytes = Buffer.from(text, 'utf8');
      expect([text, await readByCenter(bytes), readByWire(bytes)]).toEqual([text, null, null]);
      expect([text, readMessage(text)]).toEqual([
        text,
        expect.objectContaining({ outcome: expect.objectContaining({ ok: false }) }),
      ]);
      expect(JSON.stringify(readMessage(text))).toContain('message.unreadable');
    }
    for (const text of PLAIN) {
      const bytes = Buffer.from(text, 'utf8');
      const read = readByWire(bytes);
      expect(read).not.toBeNull();
      expect([text, await readByCenter(bytes)]).toEqual([text, read]);
      expect(JSON.stringify(readMessage(text))).not.toContain('message.unreadable');
    }
  });

  it('is UTF-8 and nothing else, and no byte is guessed at (ASVS 1.5.3)', async () => {
    const around = (bytes: readonly number[]) =>
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
    const broken = [
      around([0xff]),
      around([0xc3]),
      // A slash in two bytes, half a pair of UTF-16, beyond the last letter.
      around([0xc0, 0xaf]),
      around([0xed, 0xa0, 0x80]),
      around([0xf4, 0x90, 0x80, 0x80]),
      Buffer.from('{"a":"é"}', 'latin1'),
      Buffer.from('{"a":1}', 'utf16le'),
      Buffer.from('\ufeff{"a":1}', 'utf16le'),
    ];
    for (const bytes of broken)
      expect([bytes.toString('hex'), await readByCenter(bytes), readByWire(bytes)]).toEqual([
        bytes.toString('hex'),
        null,
        null,
      ]);
  });

  it('is read of bytes by that one reading: elsewhere only what the product sealed itself (ASVS 1.5.3)', () => {
    const others = PRODUCT.filter(({ text }) => /JSON\.parse\([^;]*(?:toString\(|TextDecoder)/.test(text)).map(
      ({ file }) => file,
    );
    expect(others.sort()).toEqual([
      'sealing/frame.ts',
      'sealing/json-bytes.ts',
      'server/kernel/identity/sso/ticket.ts',
      'server/kernel/intake/pg/read.ts',
      'server/kernel/intake/pg/step-entities.ts',
      'server/kernel/keys/callback-index.ts',
      'server/kernel/verification/rows.ts',
      'server/modules/webhooks/endpoints.ts',
    ]);
    const another =
      /from '(?:json5|jsonc-parser|js-yaml|yaml|node:querystring|node:punycode)'|\burl\.parse\(|\bquerystring\./;
    expect(PRODUCT.filter(({ text }) => another.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe('an address', () => {
  it('is judged for the host that is then asked (ASVS 1.5.3)', async () => {
    const nobody = networkOf();
    for (const rest of [
      'localhost@evil.example',
      'localhost:6379@evil.example',
      'localhost%2eevil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'evil.example#@localhost',
      'evil.example?@localhost',
      'evil.example/@localhost',
    ]) {
      await expect(mustNotShareInClear(`redis://${rest}`, nobody), rest).rejects.toMatchObject({ code: 'redis.clear' });
      await expect(mustNotReportInClear(`http://${rest}`, nobody), rest).rejects.toMatchObject({ code: 'otlp.clear' });
    }
    for (const rest of [
      'localhost#@evil.example',
      'localhost?@evil.example',
      '127.0.0.1:6379/1?host=evil.example',
      'a:b@localhost',
    ]) {
      await mustNotShareInClear(`redis://${rest}`, nobody);
      const redis = new Redis(`redis://${rest}`, { lazyConnect: true });
      expect([rest, redis.options.host]).toEqual([rest, expect.stringMatching(/^(localhost|127\.0\.0\.1)$/)]);
      redis.disconnect();
    }
  });
});
