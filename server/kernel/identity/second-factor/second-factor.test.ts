/** Where a second factor is asked for: by a role, and for what is sensitive. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionOut } from '#domain/wire/sync.ts';
import { OPERATOR } from '../ports.ts';
import { refresh } from '../sessions/refresh.ts';
import { signIn } from '../sign-in/sign-in.ts';
import { code, must, PASSWORD } from '../testing/identity.ts';
import { at, MINUTE, type SecondFactorWorld, secondFactorWorld, secretOf } from '../testing/second-factor.ts';
import { totpCode } from '../testing/totp-code.ts';
import { beginTotp, confirmTotp, removeFactor } from './enrol.ts';
import { resetFactors } from './reset.ts';
import { stepUp, stepUpOptions } from './step-up.ts';

let world: SecondFactorWorld;
beforeAll(async () => {
  world = await secondFactorWorld();
});
afterAll(() => world.close());
// A code is good once: every test begins in steps of its own.
beforeEach(() => {
  world.time.now += 5 * MINUTE;
});

describe('a role that asks for a second factor', () => {
  it('takes whoever has none no further than to setting one up, in sessions that are open too (ASVS 6.3.3)', async () => {
    const user = await world.fresh(['medical_director']);
    const before = await world.signedIn(user);
    expect((await world.bearerOf(before)).secondFactor).toBe('not needed');
    await world.requireOf({ medical_director: 'required' });
    expect((await world.bearerOf(before)).secondFactor).toBe('missing');
    const out = await world.signedIn(user);
    const me = await world.bearerOf(out);
    expect(me.secondFactor).toBe('missing');
    expect(code(await signIn(world.ports, at(user, { device: world.seat })))).toBe('second_factor.enrol');
    const begun = await beginTotp(world.ports, OPERATOR, me);
    const secret = secretOf(begun);
    must(await confirmTotp(world.ports, OPERATOR, me, totpCode(secret, world.time.now)));
    expect((await world.bearerOf(out)).secondFactor).toBe('given');
    const renewed = must(await refresh(world.ports, { refreshToken: out.refreshToken, device: null }));
    expect((await world.bearerOf(renewed as SessionOut)).secondFactor).toBe('given');
    // The other session was opened before: it has to give the factor, and can.
    expect((await world.bearerOf(before)).secondFactor).toBe('missing');
    world.time.now += MINUTE;
    const given = { code: totpCode(secret, world.time.now) };
    expect(code(await stepUp(world.ports, OPERATOR, await world.bearerOf(before), given))).toBe('ok');
    expect((await world.bearerOf(before)).secondFactor).toBe('given');
    expect(code(await removeFactor(world.ports, OPERATOR, me, null))).toBe('second_factor.last');
    await world.requireOf({});
    expect(code(await removeFactor(world.ports, OPERATOR, me, null))).toBe('ok');
    await world.signedIn(user);
  });

  it('asks anew after an administrator’s reset, which nobody does to themselves (ASVS 6.5.6)', async () => {
    const { user, me, recoveryCodes } = await world.withApp(['biller']);
    await world.requireOf({ biller: 'required' });
    const own = await resetFactors(world.ports, { actor: me.user }, 'alpha', me.user);
    expect(code(own)).toBe('second_factor.own');
    must(await resetFactors(world.ports, { actor: 'boss' }, 'alpha', me.user));
    expect(await world.acts()).toContain('second factors reset');
    expect((await world.bearerOf(await world.signedIn(user))).secondFactor).toBe('missing');
    expect((await world.bearerOf(await world.signedIn(user, { code: recoveryCodes[0] ?? '' }))).secondFactor).toBe(
      'missing',
    );
    await world.requireOf({});
  });
});

describe('confirming who one is', () => {
  const provenAt = async (out: SessionOut): Promise<number> => (await world.bearerOf(out)).provenAt;

  it('goes by the password where there is nothing stronger', async () => {
    const out = await world.signedIn(await world.fresh());
    world.time.now += 20 * MINUTE;
    const me = await world.bearerOf({
      ...out,
      ...(must(await refresh(world.ports, { refreshToken: out.refreshToken, device: null })) as SessionOut),
    });
    expect((await stepUpOptions(world.ports, me)).methods).toEqual(['password']);
    expect(code(await stepUp(world.ports, OPERATOR, me, { password: 'wrong wrong wrong' }))).toBe('step_up.refused');
    const { until } = must(await stepUp(world.ports, OPERATOR, me, { password: PASSWORD }));
    expect(until).toBe(world.time.now + 10 * MINUTE);
  });

  it('goes by the second factor where there is one (ASVS 7.5.1)', async () => {
    const { user, shows } = await world.withApp();
    const out = await world.signedIn(user, { code: shows() });
    world.time.now += MINUTE;
    const me = await world.bearerOf(out);
    expect((await stepUpOptions(world.ports, me)).methods).toEqual(['totp', 'recovery']);
    expect(code(await stepUp(world.ports, OPERATOR, me, { password: PASSWORD }))).toBe('step_up.stronger');
    expect(await provenAt(out)).toBeLessThan(world.time.now);
    must(await stepUp(world.ports, OPERATOR, me, { code: shows() }));
    expect(await provenAt(out)).toBe(world.time.now);
    expect(code(await stepUp(world.ports, OPERATOR, me, { code: shows() }))).toBe('step_up.refused');
  });

  it('goes by a passkey, for this session alone', async () => {
    const { me, user, key, recoveryCodes } = await world.withPasskey();
    const other = await world.bearerOf(await world.signedIn(user, { code: recoveryCodes[0] ?? '' }));
    const { passkey } = await stepUpOptions(world.ports, me);
    if (!passkey) throw new Error('no options came');
    expect(code(await stepUp(world.ports, OPERATOR, other, { passkey: key.show(passkey) }))).toBe('step_up.refused');
    expect(code(await stepUp(world.ports, OPERATOR, me, { passkey: key.show(passkey) }))).toBe('ok');
  });

  it('counts wrong tries with those of signing in', async () => {
    const { user, me, shows } = await world.withApp();
    for (let i = 0; i < 5; i++) await stepUp(world.ports, OPERATOR, me, { code: '000000' });
    expect(code(await stepUp(world.ports, OPERATOR, me, { code: shows() }))).toBe('step_up.refused');
    expect(code(await signIn(world.ports, at(user, { code: shows() })))).toBe('sign_in.refused');
  });
});
