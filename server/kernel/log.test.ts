import { describe, expect, it } from 'vitest';
import { createLogger } from './log.ts';

const lines: string[] = [];
const log = createLogger('info', { write: (line) => void lines.push(line) });
const said = (say: () => void): { readonly [field: string]: unknown } => {
  lines.length = 0;
  say();
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
};

describe('the log', () => {
  it('is a line of JSON for each, with its time in ms UTC, its level and the request that it is about (ASVS 16.2.2, 16.2.4)', () => {
    const before = Date.now();
    const line = said(() => log.warn({ request: 'r-1', route: '/v1/x' }, 'refused'));
    expect(line).toEqual({ level: 40, time: expect.any(Number), request: 'r-1', route: '/v1/x', msg: 'refused' });
    expect(line.time).toBeGreaterThanOrEqual(before);
    expect(line.time).toBeLessThanOrEqual(Date.now());
  });

  it('takes no line of its own from what somebody sent (ASVS 16.4.1)', () => {
    const forged = 'x\n{"level":30,"msg":"signed in","user":"admin"}\r\n\u2028\u001b[2J';
    const line = said(() => log.info({ route: forged, [`k\n${forged}`]: 1 }, forged));
    expect(line.msg).toBe(forged);
    expect(line.route).toBe(forged);
    for (const sign of ['\n', '\r', '\u001b']) expect(lines[0]?.trimEnd()).not.toContain(sign);
  });

  it('leaves out what is declared to be about people, and secrets, wherever they come up (ASVS 16.2.5)', () => {
    const secrets = {
      caller: 'Rosa',
      callback: '+1 415 555 0142',
      notes: 'n',
      password: 'p',
      token: 't',
      authorization: 'a',
      body: 'b',
    };
    const line = said(() => log.info({ ...secrets, of: secrets, kept: 1 }, 'x'));
    expect(line).toMatchObject({ of: {}, kept: 1 });
    for (const word of ['Rosa', '415 555']) expect(lines[0]).not.toContain(word);
    for (const name of ['password', 'token', 'authorization', 'body']) expect(line).not.toHaveProperty(name);
    const deep = said(() =>
      log.info({ one: { two: { three: secrets } }, list: [{ of: secrets, kept: 2 }], kept: 3 }, 'x'),
    );
    expect(deep).toMatchObject({ one: { two: { three: {} } }, list: [{ of: {}, kept: 2 }], kept: 3 });
    for (const value of Object.values(secrets)) expect(lines[0]).not.toContain(`"${value}"`);
    const endless: { [name: string]: unknown } = { kept: 4 };
    endless.self = endless;
    expect(said(() => log.info(endless, 'x'))).toMatchObject({ kept: 4 });
  });

  it('names an error by its kind, never by its message', () => {
    const line = said(() => log.error({ err: Object.assign(new Error('patient Rosa'), { code: 'X' }) }, 'failed'));
    expect(lines[0]).not.toContain('Rosa');
    expect(line.err).toMatchObject({ name: 'Error', code: 'X' });
  });
});
