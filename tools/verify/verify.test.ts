import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { idOf } from '../../domain/kernel/ids.ts';
import { newEntity, opening, pushOf } from '../../server/kernel/intake/testing/station.ts';
import { DEMO_ADMIN, DEMO_ORG, DEMO_PASSWORD } from '../../server/modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../server/testing/center.ts';
import { asMigrator, tampering } from '../../server/testing/postgres.ts';
import { untilSealed } from '../../server/testing/sealed.ts';
import { type Ended, ranToItsEnd } from '../testing/command-run.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const incident = newEntity('incident');
let center: TestCenter;
beforeAll(async () => {
  center = await testCenter();
  const station = await center.enrol('Console A');
  await station.push(pushOf(station.append(opening(incident))));
  await untilSealed(center, DEMO_ORG);
});
afterAll(() => center?.close());

function verify(
  args: readonly string[],
  given: { readonly typed?: string; readonly password?: string; readonly code?: string } = {},
): Promise<Ended> {
  const { QD_PASSWORD: _, QD_CODE: __, ...env } = process.env;
  const { password, code, typed = '' } = given;
  return ranToItsEnd(MAIN, args, {
    env: { ...env, ...(password === undefined ? {} : { QD_PASSWORD: password }), ...(code ? { QD_CODE: code } : {}) },
    typed,
  });
}

const asked = (what: string): readonly string[] => [
  what,
  '--center',
  center.url,
  '--user',
  `${DEMO_ADMIN}@${DEMO_ORG}`,
];

it('says in one sentence what is missing', async () => {
  expect(await verify([])).toMatchObject({ code: 2, err: expect.stringContaining('audit or rows') });
  expect(await verify(['audit'])).toMatchObject({ code: 2, err: expect.stringContaining('--center') });
  expect(await verify(['rows', '--center', center.url])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--user'),
  });
  const nowhere = 'http://127.0.0.1:1';
  expect(await verify(['rows', '--center', nowhere, '--user', 'a@b'], { typed: 'any\n' })).toMatchObject({
    code: 2,
    err: expect.stringContaining(`no answer from ${nowhere}`),
  });
  expect(await verify(asked('rows'), { typed: 'not the password\n' })).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^The center refused: User name or password is not right[^{}]*\n$/),
  });
});

it('says in one sentence that what it was named is no center, or cannot be read', async () => {
  const other = createServer((_, response) => response.end('Not here.\n'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const at = `http://127.0.0.1:${port}`;
  const noCenter = {
    code: 2,
    out: '',
    err: `What answers at ${at} is no center of this version; name another with --center.\n`,
  };
  expect(await verify(['rows', '--center', at, '--user', 'a@b'], { typed: 'any\n' })).toEqual(noCenter);
  expect(await verify(['rows', '--center', at, '--data', center.dataDir])).toEqual(noCenter);
  const organisation = fileURLToPath(new URL('../organisation/main.ts', import.meta.url));
  const listed = await ranToItsEnd(organisation, ['list', '--center', at, '--data', center.dataDir]);
  expect(listed).toEqual(noCenter);
  other.close();
  const held = (...args: readonly string[]) => verify(['audit', '--export', ...args]);
  expect(await held('/nowhere')).toEqual({ code: 2, out: '', err: '/nowhere cannot be read (ENOENT).\n' });
  expect(await held(center.dataDir)).toEqual({ code: 2, out: '', err: `${center.dataDir} cannot be read (EISDIR).\n` });
});

it('names the sealed position and the number of entities, and ends with 1 on a break', async () => {
  const audit = await verify(asked('audit'), { typed: `${DEMO_PASSWORD}\n` });
  expect(audit).toMatchObject({ code: 0, err: '' });
  const position = Number(
    /^The audit holds: sealed to position (\d+), \d+ entries\.\nIt agrees with \d+ checkpoints outside of the database, the furthest at position \d+\.\n$/.exec(
      audit.out,
    )?.[1],
  );
  expect(position).toBeGreaterThan(0);
  const noted = (to: number) => verify([...asked('audit'), '--sealed', String(to)], { password: DEMO_PASSWORD });
  expect(await noted(position)).toMatchObject({ code: 0 });
  expect(await noted(position + 1_000)).toMatchObject({
    code: 1,
    out: expect.stringContaining(`to ${position + 1_000} before`),
  });

  expect(await verify(asked('rows'), { password: DEMO_PASSWORD })).toMatchObject({
    code: 0,
    out: 'The rows hold: 1 entities fold to what is stored.\n',
  });
  await tampering(center, async (client) => {
    await client.query(`update cad.incident set priority = '9' where id = $1`, [idOf(incident)]);
    await client.query(
      `update audit.entry set op = 'read' where id = (select min(id) from audit.entry where org = $1)`,
      [DEMO_ORG],
    );
  });
  const rows = await verify(asked('rows'), { password: DEMO_PASSWORD });
  expect(rows).toMatchObject({ code: 1, out: expect.stringContaining(incident) });
  expect(await verify(asked('audit'), { password: DEMO_PASSWORD })).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      /^The audit does not hold at sealed position 1 \(\d{4}-.*Z, entries \d+ to \d+\): its entries are not those that were sealed\.\n$/,
    ),
  });
});

it('asks for the audit in stretches, says how far it is, and goes on where it was broken off', async () => {
  const here = ['audit', '--center', center.url, '--data', center.dataDir, '--org', DEMO_ORG];
  const whole = await verify(here);
  const inStretches = await verify([...here, '--stretch', '2']);
  expect(inStretches.out).toBe(whole.out);
  const said = inStretches.err.split('\n').filter((line) => line !== '');
  expect(said.length).toBeGreaterThan(0);
  for (const line of said)
    expect(line).toMatch(new RegExp(`^${DEMO_ORG}: Read to position \\d+ of \\d+(; 1 places do not hold)?\\.$`));
  expect(await verify([...here, '--stretch', '2', '--after', 'nowhere'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(new RegExp(`^${DEMO_ORG}: Broken off; to go on there: --after nowhere\n`)),
  });
});

it('asks for the rows in stretches as well, and goes on where it was broken off', async () => {
  const here = ['rows', '--center', center.url, '--data', center.dataDir, '--org', DEMO_ORG];
  const whole = await verify(here);
  expect(whole.err).toBe('');
  const inStretches = await verify([...here, '--stretch', '1']);
  expect(inStretches.out).toBe(whole.out);
  const said = inStretches.err.split('\n').filter((line) => line !== '');
  expect(said.length).toBeGreaterThan(0);
  for (const line of said)
    expect(line).toMatch(new RegExp(`^${DEMO_ORG}: Folded \\d+ of \\d+ entities(; 1 are stored otherwise)?\\.$`));
  expect(await verify([...here, '--after', 'nowhere'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(new RegExp(`^${DEMO_ORG}: Broken off; to go on there: --after nowhere\n`)),
  });
});

it('needs no account on the machine of the center, where its data folder is', async () => {
  const here = (...args: readonly string[]) =>
    verify([...args, '--center', center.url, '--data', center.dataDir], { typed: '' });
  expect(await here('rows')).toMatchObject({
    code: 1,
    err: '',
    out: expect.stringMatching(new RegExp(`^${DEMO_ORG}: The rows do not hold: [^]*${incident}`)),
  });
  expect(await here('rows', '--org', DEMO_ORG)).toMatchObject({ code: 1 });
  expect(await here('audit')).toMatchObject({
    code: 1,
    out: expect.stringContaining(`${DEMO_ORG}: The audit does not hold at sealed position 1`),
  });
  expect(await here('audit', '--org', DEMO_ORG, '--from', '1')).toMatchObject({
    out: expect.stringContaining(DEMO_ORG),
  });
  expect(await here('audit', '--from', '1')).toMatchObject({ code: 2, err: expect.stringContaining('--org') });
  expect(await here('rows', '--org', 'nowhere')).toMatchObject({
    code: 2,
    err: 'There is no organisation of this name.\n',
  });
  expect(await verify(['rows', '--center', center.url, '--data', '/nowhere'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('operator.token cannot be read'),
  });
  const by = await asMigrator(center, (client) =>
    client.query(
      `select distinct actor from audit.entry where op = 'act' and tbl = 'kernel.entity' and after ? 'verified'`,
    ),
  );
  expect(by.rows.map(({ actor }) => actor)).toContain('operator');
});

it('asks for the second factor of whoever has one, and takes its code from the environment too', async () => {
  const user = `${DEMO_ADMIN}@${DEMO_ORG}`;
  const post = async (path: string, body: object, token?: string): Promise<{ readonly [field: string]: string }> => {
    const answer = await fetch(new URL(path, center.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { readonly [field: string]: string };
  };
  const { accessToken } = await post('/v1/sessions', { user, password: DEMO_PASSWORD });
  const { secret } = await post('/v1/me/totp', {}, accessToken);
  const app = new TOTP({ secret: Secret.fromBase32(secret ?? '') });
  await post('/v1/me/totp/confirm', { code: app.generate() }, accessToken);
  expect(await verify(asked('rows'), { password: DEMO_PASSWORD })).toMatchObject({
    code: 2,
    err: expect.stringContaining('QD_CODE'),
  });
  // No code is good twice; the next one is good early.
  const code = app.generate({ timestamp: Date.now() + 30_000 });
  expect(await verify(asked('rows'), { password: DEMO_PASSWORD, code })).toMatchObject({
    out: expect.stringContaining('entities'),
  });
});
