import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_ADMIN, DEMO_PASSWORD } from '../../../modules/demo/sign-in.ts';
import { testCenter } from '../../../testing/center.ts';
import { openBreached } from './breached.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-breached-'));
const LEAKED = 'gulls over the old lighthouse';
const hashOf = (password: string): string => createHash('sha1').update(password).digest('hex').toUpperCase();
const ALL = [LEAKED, ...Array.from({ length: 20_000 }, (_, n) => `leaked password ${n}`)];

/** As the list is offered: in the order of the hashes, lines ended as Windows does. */
function written(name: string, lines: readonly string[], end = '\r\n'): string {
  const file = join(folder, name);
  writeFileSync(file, lines.join(end));
  return file;
}
const sorted = ALL.map((password) => `${hashOf(password)}:${password.length}`).sort();
let file: string;
beforeAll(() => {
  file = written('ordered.txt', sorted);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a list of leaked passwords', () => {
  it('finds every one that is in it, and no other', async () => {
    const breached = await openBreached(file);
    const first = ALL.filter((password) =>
      [sorted[0], sorted.at(-1)].some((line) => line?.startsWith(hashOf(password))),
    );
    for (const password of [LEAKED, ...first, ...ALL.filter((_, n) => n % 97 === 0)]) {
      expect(await breached.has(password), password).toBe(true);
    }
    for (let n = 0; n < 300; n++) expect(await breached.has(`nobody leaked this ${n}`)).toBe(false);
    await breached.close();
  });

  it('may have its hashes cut short, one line, or an end of line at the end', async () => {
    const short = await openBreached(
      written(
        'short.txt',
        sorted.map((line) => line.slice(0, 16)),
        '\n',
      ),
    );
    expect([await short.has(LEAKED), await short.has('nobody leaked this')]).toEqual([true, false]);
    const one = await openBreached(written('one.txt', [`${hashOf(LEAKED)}:1`, '']));
    expect([await one.has(LEAKED), await one.has('nobody leaked this')]).toEqual([true, false]);
    await Promise.all([short.close(), one.close()]);
  });

  it('that cannot be looked up is refused when the center starts, saying why', async () => {
    await expect(openBreached(join(folder, 'none'))).rejects.toMatchObject({ code: 'breached.unreadable' });
    const lines = [
      ['empty', [], 'breached.line'],
      ['words', ['password', '123456'], 'breached.line'],
      ['unordered', sorted.toReversed(), 'breached.order'],
    ] as const;
    for (const [name, of, code] of lines) {
      await expect(openBreached(written(name, of))).rejects.toMatchObject({ code });
    }
  });

  it('is asked wherever a password is chosen (ASVS 6.2.12)', async () => {
    const center = await testCenter({ breachedPasswords: file });
    const refused = { code: 'password.breached', detail: expect.stringContaining('leak') };
    const invited = await center.call<{ code: string }>(
      'POST',
      '/v1/invitations',
      { login: 'ina', name: 'Ina', roles: ['dispatcher'], site: null },
      center.adminToken,
    );
    const { code } = invited.body;
    const accept = (password: string) => center.call('POST', '/v1/invitations/accept', { code, password });
    expect((await accept(LEAKED)).body).toMatchObject({ ...refused, field: 'password' });
    expect((await accept('gulls over the new lighthouse')).status).toBe(200);
    const { body } = await center.call<{ people: { person: string; login: string }[] }>(
      'GET',
      '/v1/people',
      undefined,
      center.adminToken,
    );
    const ina = body.people.find(({ login }) => login === 'ina')?.person;
    const reset = await center.call<{ code: string }>('POST', `/v1/people/${ina}/reset`, {}, center.adminToken);
    const set = await center.call('POST', '/v1/password/reset', { code: reset.body.code, password: LEAKED });
    expect(set.body).toMatchObject({ ...refused, field: 'password' });
    const own = await center.call('POST', '/v1/me/password', { old: DEMO_PASSWORD, new: LEAKED }, center.adminToken);
    expect(own.body).toMatchObject({ ...refused, field: 'new' });
    // Who has it signs in as before: it is the next one that has to be another.
    expect((await center.call('POST', '/v1/sessions', { user: DEMO_ADMIN, password: DEMO_PASSWORD })).status).toBe(200);
    await center.close();
  });
});
