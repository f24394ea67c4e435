import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StreamPage } from '#domain/kernel/stream.ts';
import type { Child } from '../../../tools/start/child.ts';
import { startCenterProcess } from '../../../tools/start/processes.ts';
import { DEMO_PASSWORD, DEMO_USER } from '../../modules/demo/sign-in.ts';
import { type EnrolledStation, MEMBER_PASSWORD, type TestCenter, testCenter } from '../../testing/center.ts';
import { listening } from '../../testing/listening.ts';
import { NO_REDIS, type TestRedis, testRedis } from '../../testing/redis.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';
import { openRedis } from '../redis.ts';
import { openBus, type Word } from './bus.ts';

for (const over of ['PostgreSQL', 'Redis'] as const) {
  describe.skipIf(over === 'Redis' && NO_REDIS !== null)(`two nodes of a center, over ${over}`, () => {
    let center: TestCenter;
    let second: Child;
    let secondUrl: string;
    let redis: TestRedis | null = null;
    let a: EnrolledStation;
    let b: EnrolledStation;
    beforeAll(async () => {
      if (over === 'Redis') redis = await testRedis();
      const shared = redis ? { redisUrl: redis.url } : {};
      center = await testCenter(shared);
      const env = { ...process.env, DATABASE_URL: center.migratorUrl, ...(redis ? { REDIS_URL: redis.url } : {}) };
      const started = startCenterProcess({ folder: center.dataDir, port: 0, demo: false, env });
      second = started.child;
      secondUrl = (await started.ready).center;
      [a, b] = [await center.enrol('At the first'), await center.enrol('At the second')];
    });
    afterAll(async () => {
      await second?.stop();
      await center?.close();
      await redis?.close();
    });

    it('bring to a station at one what was taken at the other, at once and whole', async () => {
      const here = await listening(center.url, a);
      const there = await listening(secondUrl, b);
      const incident = newEntity('incident');
      const made = [
        a.append(opening(incident)),
        a.append({ type: 'incident.noted', about: [incident], body: { text: 'x' } }),
      ];
      const began = performance.now();
      await here.http.push(pushOf(...made));
      await expect.poll(() => there.pages.length, { timeout: 5_000, interval: 10 }).toBeGreaterThan(0);
      const ms = performance.now() - began;
      const texts = (page: StreamPage | undefined): string[] =>
        (page?.items ?? []).flatMap((item) => ('frame' in item ? [item.frame.h] : []));
      expect(texts(there.pages[0])).toEqual(texts(here.pages[0]));
      expect(there.pages[0]?.from).toBe(here.pages[0]?.from);
      expect(there.pages[0]?.keys.map((key) => key.id)).toEqual(here.pages[0]?.keys.map((key) => key.id));

      // And the other way about.
      const heard = here.pages.length;
      await there.http.push(pushOf(b.append(opening(newEntity('incident')))));
      await expect.poll(() => here.pages.length, { timeout: 5_000, interval: 10 }).toBeGreaterThan(heard);

      const presence = { station: 'said', position: 'P1', name: 'Ann', incident: null, field: null };
      here.channel.presence(presence);
      await expect
        .poll(() => there.presences, { timeout: 5_000, interval: 10 })
        .toEqual([{ ...presence, station: a.station }]);
      await center.enrol('One more');
      await expect.poll(there.rosters, { timeout: 5_000, interval: 10 }).toBeGreaterThan(0);
      process.stdout.write(
        `over ${over}: the other node’s station heard it ${ms.toFixed(0)} ms after the push began\n`,
      );
      await Promise.all([here.http.close(), there.http.close()]);
    });

    it('count one account’s wrong passwords together, and give one session for a refresh token used at both at once', async () => {
      const ask = async (url: string, path: string, body: object) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
        return { status: answer.status, body: (await answer.json()) as { refreshToken?: string } };
      };
      const nodes = [center.url, secondUrl];
      const user = `locked-${over.toLowerCase()}`;
      await center.member(user, ['dispatcher']);
      const good = { user, password: MEMBER_PASSWORD };
      const { refreshToken } = (await ask(secondUrl, '/v1/sessions', good)).body;
      const both = await Promise.all(nodes.map((url) => ask(url, '/v1/sessions/refresh', { refreshToken })));
      const given = both.flatMap(({ body }) => body.refreshToken ?? []);
      // The second may be a client whose answer was lost; of what came of the two, one goes on.
      const next = await Promise.all(
        given.map((token) => ask(secondUrl, '/v1/sessions/refresh', { refreshToken: token })),
      );
      expect(next.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);

      const wrong = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          ask(nodes[n % 2] as string, '/v1/sessions', { ...good, password: 'not this one' }),
        ),
      );
      expect(wrong.every(({ status }) => status >= 400 && status < 500)).toBe(true);
      for (const url of nodes) expect((await ask(url, '/v1/sessions', good)).status).toBe(wrong[0]?.status);
    });

    if (over === 'Redis')
      it('take a proof once between them, and know each other’s nonces', async () => {
        const path = '/v1/sync/pull';
        const proven = center.proven('GET', path, a.token);
        // The second node is reached under another port, which the proof does not name: so it is asked as the first.
        const ask = (url: string): Promise<number> =>
          import('undici').then(({ request }) =>
            request(`${url}${path}`, { headers: { ...proven, host: new URL(center.url).host } }).then(
              ({ statusCode }) => statusCode,
            ),
          );
        expect(await ask(secondUrl)).toBe(200);
        expect(await ask(center.url)).toBe(401);
      });

    // From here on Redis is away.
    it('bring to a station at one what was taken at the other, at once, whatever else is away', async () => {
      const there = await listening(secondUrl, b);
      await redis?.kill();
      expect((await a.push(pushOf(a.append(opening(newEntity('incident')))))).status).toBe(200);
      await expect.poll(() => there.pages.length, { timeout: 2_000, interval: 10 }).toBe(1);
      await there.http.close();
    });

    it('tell a workstation at one within a second that its session was ended at the other, whatever else is away', async () => {
      const there = await listening(secondUrl, b);
      await redis?.kill();
      const person = { user: DEMO_USER, password: DEMO_PASSWORD, position: 'P1' };
      const { session, user } = (await center.call('POST', '/v1/sessions', person, b.token)).body;
      const path = `/v1/people/${user}/sessions/${session}/revoke`;
      expect((await center.call('POST', path, {}, center.adminToken)).status).toBe(200);
      const began = performance.now();
      await expect.poll(() => there.ended, { timeout: 5_000, interval: 10 }).toEqual([session]);
      expect(performance.now() - began).toBeLessThan(1_000);
      await there.http.close();
    });

    if (over === 'Redis')
      it('start without Redis, and hear each other over it once it is back', async () => {
        await redis?.kill();
        const application = await center.application();
        const closing: (() => unknown)[] = [application.close];
        const deaf = (_: string, onHeard: (said: null) => void) => {
          onHeard(null);
          return async () => undefined;
        };
        const db = { pool: application.pool, listen: deaf };
        const opened = async (node: string) => {
          const connection = openRedis(redis?.url ?? '');
          closing.unshift(() => connection.disconnect());
          const heard: Word[] = [];
          const onWord = (word: Word): void => void heard.push(word);
          const bus = await openBus({ redis: connection, db, node, clock: Date.now, onWord });
          closing.unshift(bus.stop);
          return { bus, heard };
        };
        try {
          const [one, other] = [await opened('one'), await opened('other')];
          await redis?.start();
          const word: Word = { t: 'roster', org: 'nowhere', site: 'nowhere' };
          const heard = (): readonly Word[] => {
            one.bus.tell(word);
            return other.heard;
          };
          // A node says nothing before it has heard another, and each says every five seconds that it is there.
          await expect.poll(heard, { timeout: 20_000, interval: 100 }).toContainEqual(word);
        } finally {
          for (const close of closing) await close();
        }
      });
  });
}
