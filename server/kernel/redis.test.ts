import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_REDIS, type TestRedis, testRedis } from '../testing/redis.ts';
import { openRedis } from './redis.ts';

describe.skipIf(NO_REDIS !== null)('Redis', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await testRedis();
  });
  afterAll(() => server?.close());

  it('that hangs holds up those who ask within half a second, and nobody after', async () => {
    const redis = openRedis(server.url);
    const ask = () => redis.set('asked', '1');
    await expect.poll(() => ask().catch(() => null)).toBe('OK');
    const goOn = server.hang();
    await expect(ask()).rejects.toThrow();
    for (let n = 0; n < 5; n++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await expect(ask()).rejects.toThrow(/isn't writeable/);
    }
    goOn();
    await expect.poll(() => ask().catch(() => null), { timeout: 10_000 }).toBe('OK');
    redis.disconnect();
  });
});
