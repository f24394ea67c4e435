import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCenter, type Refreshed, readAnswer } from './center.ts';
import { UNREACHABLE } from './problem.ts';

const OutSchema = z.strictObject({ n: z.int() });
const json = (status: number, body: object): Response => new Response(JSON.stringify(body), { status });
const problem = (status: number, code: string) => json(status, { status, code, detail: 'A sentence.', title: 'x' });

function world(answers: (path: string, init: RequestInit) => Response | Promise<Response>, refresh: () => Refreshed) {
  const seen: { path: string; init: RequestInit }[] = [];
  let refreshes = 0;
  let signedOut = 0;
  const center = createCenter({
    fetch: async (input, init = {}) => {
      const path = String(input);
      seen.push({ path, init });
      return answers(path, init);
    },
    csrf: () => 'token',
    refresh: async () => {
      refreshes += 1;
      return refresh();
    },
    signedOut: () => {
      signedOut += 1;
    },
  });
  return { center, seen, counts: () => ({ refreshes, signedOut }) };
}

describe('the way to the center', () => {
  it('sends the token against forged calls with every change and with no read, and the reason as it was typed', async () => {
    const { center, seen } = world(
      () => json(200, { n: 1 }),
      () => 'over',
    );
    await center.ask({ path: '/a', answer: OutSchema });
    await center.ask({ path: '/b', body: {}, reason: 'Ünfall, 2 %', answer: OutSchema });
    await center.ask({ method: 'DELETE', path: '/c', answer: OutSchema });
    expect(seen.map(({ init }) => [init.method, init.headers])).toEqual([
      ['GET', {}],
      ['POST', { 'content-type': 'application/json', 'qd-csrf': 'token', 'qd-reason': '%C3%9Cnfall%2C%202%20%25' }],
      ['DELETE', { 'qd-csrf': 'token' }],
    ]);
  });

  it('refreshes once for several calls that meet a session’s end together, and asks each of them again', async () => {
    let good = false;
    const { center, counts } = world(
      () => (good ? json(200, { n: 1 }) : problem(401, 'bearer.missing')),
      () => {
        good = true;
        return 'renewed';
      },
    );
    const answers = await Promise.all([1, 2, 3].map(() => center.ask({ path: '/a', answer: OutSchema })));
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(counts()).toEqual({ refreshes: 1, signedOut: 0 });
  });

  it('says that the session is over where a refresh does not bring it back, and asks no third time', async () => {
    const { center, seen, counts } = world(
      () => problem(401, 'bearer.missing'),
      () => 'over',
    );
    expect((await center.ask({ path: '/a', answer: OutSchema })).ok).toBe(false);
    expect(seen).toHaveLength(1);
    expect(counts()).toEqual({ refreshes: 1, signedOut: 1 });
  });

  it('takes no answer that is not what was declared, and keeps what a refusal says', async () => {
    expect(readAnswer(200, '{"n":"1"}', OutSchema)).toMatchObject({ ok: false, problem: { code: 'answer.strange' } });
    expect(readAnswer(502, '<html>', OutSchema)).toMatchObject({ ok: false, problem: { status: 502 } });
    const decision = { verdict: 'BLOCK', rules: [], next: [] };
    const text = JSON.stringify({ status: 403, code: 'role.missing', detail: 'No.', field: 'name', decision });
    expect(readAnswer(403, text, OutSchema)).toMatchObject({ ok: false, problem: { field: 'name', decision } });
    const away = world(
      () => Promise.reject(new Error('no wire')),
      () => 'over',
    );
    expect(await away.center.ask({ path: '/a', answer: OutSchema })).toMatchObject({
      problem: { code: 'center.unreachable' },
    });
    expect(away.counts().refreshes).toBe(0);
  });

  it('waits no longer than whoever asks', async () => {
    const { center } = world(
      (_, { signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })),
      () => 'over',
    );
    const asked = center.ask({ path: '/a', answer: OutSchema, signal: AbortSignal.timeout(1) });
    expect(await asked).toEqual({ ok: false, problem: UNREACHABLE });
  });

  it('lets nobody’s session go for a refresh that was not answered', async () => {
    const { center, seen, counts } = world(
      () => problem(401, 'bearer.missing'),
      () => UNREACHABLE,
    );
    expect(await center.ask({ path: '/a', answer: OutSchema })).toEqual({ ok: false, problem: UNREACHABLE });
    expect(await center.download({ path: '/b' })).toEqual({ ok: false, problem: UNREACHABLE });
    expect(seen).toHaveLength(2);
    expect(counts()).toEqual({ refreshes: 2, signedOut: 0 });
  });

  it('says of an answer that breaks off that it did, whatever was asked', async () => {
    const cutOff = (status: number): Response =>
      new Response(
        new ReadableStream({
          start: (body) => {
            body.enqueue(new TextEncoder().encode('{"n":'));
            body.error(new TypeError('network error'));
          },
        }),
        { status },
      );
    for (const status of [200, 503]) {
      const { center } = world(
        () => cutOff(status),
        () => 'over',
      );
      const read = { ok: false, problem: { code: 'read.cut' } };
      expect(await center.ask({ path: '/a', answer: OutSchema })).toMatchObject(read);
      expect(await center.download({ path: '/b' })).toMatchObject(read);
      expect(await center.ask({ path: '/c', body: {}, answer: OutSchema })).toMatchObject({
        problem: { code: 'answer.cut' },
      });
    }
  });
});
