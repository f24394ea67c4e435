import { Secret } from 'otpauth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import type { StepUpOptionsOutSchema, TotpBeginOutSchema } from '#domain/identity/api/mfa.ts';
import { DEFAULT_POLICY } from '#domain/identity/policy.ts';
import { DEMO_ADMIN, DEMO_PASSWORD } from '../../../modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../../testing/center.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { totpCode } from '../testing/totp-code.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await testCenter();
});
afterAll(() => center.close());

interface In {
  readonly accessToken: string;
  readonly session: string;
}
const signIn = (more: object = {}) =>
  center.call<In>('POST', '/v1/sessions', { user: DEMO_ADMIN, password: DEMO_PASSWORD, ...more });
const sensitive = (token: string) => center.call('POST', '/v1/modules/billing', { on: true, reason: 'in use' }, token);
/** As if so much time had gone by since the holder last proved who they are. */
const aged = (session: string, minutes: number) =>
  asMigrator(center, (client) =>
    client.query('update identity.session set proven_at = $2 where id = $1', [session, Date.now() - minutes * 60_000]),
  );
/** The codes of an app whose clock the test moves, so that none is used twice. */
const app = (secret: string) => {
  const bytes = Secret.fromBase32(secret).bytes;
  let ahead = -30_000;
  return (): string => {
    ahead += 30_000;
    if (ahead > 30_000) throw new Error('no further step is within the window');
    return totpCode(bytes, Date.now() + ahead);
  };
};

it('a sensitive action waits for its person to confirm who they are, by what is the strongest of theirs (ASVS 10.3.4)', async () => {
  const { accessToken: token, session } = (await signIn()).body;
  await aged(session, 11);
  expect((await sensitive(token)).body).toMatchObject({
    code: 'step_up.needed',
    decision: { verdict: 'REQUIRE_CONFIRMATION', next: ['step up'] },
  });
  const wrong = await center.call('POST', '/v1/me/step-up', { password: 'wrong wrong wrong' }, token);
  expect([wrong.status, wrong.body]).toEqual([403, expect.objectContaining({ code: 'step_up.refused' })]);
  expect((await center.call('POST', '/v1/me/step-up', { password: DEMO_PASSWORD }, token)).status).toBe(200);
  // At once, although the door remembers who asks.
  expect((await sensitive(token)).status).toBe(200);

  const begun = (await center.call<z.infer<typeof TotpBeginOutSchema>>('POST', '/v1/me/totp', {}, token)).body;
  const code = app(begun.secret);
  const confirmed = await center.call('POST', '/v1/me/totp/confirm', { code: code() }, token);
  expect(confirmed.body).toMatchObject({ recoveryCodes: { length: 10 } });
  const asked = await signIn();
  expect(asked.status).toBe(401);
  expect(asked.body).toMatchObject({
    code: 'second_factor.needed',
    field: 'code',
    secondFactor: { methods: ['totp', 'recovery'], passkey: null },
  });
  await aged(session, 11);
  expect((await sensitive(token)).body).toMatchObject({ code: 'step_up.needed' });
  const options = await center.call<z.infer<typeof StepUpOptionsOutSchema>>(
    'POST',
    '/v1/me/step-up/options',
    {},
    token,
  );
  expect(options.body.methods).toEqual(['totp', 'recovery']);
  expect((await center.call('POST', '/v1/me/step-up', { password: DEMO_PASSWORD }, token)).body).toMatchObject({
    code: 'step_up.stronger',
  });
  expect((await center.call('POST', '/v1/me/step-up', { code: code() }, token)).status).toBe(200);
  expect((await sensitive(token)).status).toBe(200);
});

it('a role that asks for a second factor leaves nothing open without it but one’s own security, in sessions that are open too', async () => {
  const policy = { ...DEFAULT_POLICY, mfa: { admin: 'required' } };
  await asMigrator(center, async (client) => {
    await client.query('delete from identity.totp');
    await client.query('delete from identity.recovery_code');
    await client.query(`update identity.session set amr = '{pwd}'`);
    await client.query(
      `insert into identity.policy (org, body, version, changed_at) select org, $1, 1, 1 from kernel.organisation
       on conflict (org) do update set body = excluded.body`,
      [JSON.stringify(policy)],
    );
  });
  const { accessToken: token } = (await signIn()).body;
  for (const path of ['/v1/organisation', '/v1/entities/incident', '/v1/sites']) {
    const answer = await center.call('GET', path, undefined, token);
    expect([answer.status, answer.body]).toEqual([403, expect.objectContaining({ code: 'second_factor.missing' })]);
  }
  expect((await center.call('GET', '/v1/me/second-factors', undefined, token)).body).toMatchObject({
    required: true,
    given: false,
    totp: null,
  });
  const begun = (await center.call<z.infer<typeof TotpBeginOutSchema>>('POST', '/v1/me/totp', {}, token)).body;
  const code = app(begun.secret);
  expect((await center.call('POST', '/v1/me/totp/confirm', { code: code() }, token)).status).toBe(200);
  expect((await center.call('GET', '/v1/organisation', undefined, token)).status).toBe(200);
  expect((await center.call('DELETE', '/v1/me/totp', undefined, token)).body).toMatchObject({
    code: 'second_factor.last',
  });
  expect((await signIn({ code: code() })).status).toBe(200);
});
