/** An authenticator app, and the recovery codes that stand in for it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SecondFactorNeededSchema } from '#domain/identity/api/mfa.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { OPERATOR } from '../ports.ts';
import { signIn } from '../sign-in/sign-in.ts';
import { code, must } from '../testing/identity.ts';
import { at, MINUTE, type SecondFactorWorld, secondFactorWorld, secretOf } from '../testing/second-factor.ts';
import { totpCode } from '../testing/totp-code.ts';
import { beginTotp, confirmTotp, renewRecoveryCodes } from './enrol.ts';

let world: SecondFactorWorld;
beforeAll(async () => {
  world = await secondFactorWorld();
});
afterAll(() => world.close());
// A code is good once: every test begins in steps of its own.
beforeEach(() => {
  world.time.now += 5 * MINUTE;
});

describe('an authenticator app', () => {
  it('counts from its first code, which brings recovery codes, and is asked for after a right password', async () => {
    const user = await world.fresh();
    const me = await world.bearerOf(await world.signedIn(user));
    const begun = await beginTotp(world.ports, OPERATOR, me);
    expect(begun.qr).toMatch(/^<svg[^>]*xmlns/);
    expect(begun.qr).not.toMatch(/<script|onload/i);
    expect(code(await confirmTotp(world.ports, OPERATOR, me, '000000'))).toBe('totp.code');
    // Begun alone, it is not asked for yet.
    await world.signedIn(user);
    const secret = secretOf(begun);
    const { recoveryCodes } = must(await confirmTotp(world.ports, OPERATOR, me, totpCode(secret, world.time.now)));
    expect(recoveryCodes).toHaveLength(10);
    expect((await world.needed(user)).methods).toEqual(['totp', 'recovery']);
    expect((await world.needed(user, { device: world.seat })).methods).toEqual(['totp', 'recovery']);
    world.time.now += MINUTE;
    const out = await world.signedIn(user, { code: totpCode(secret, world.time.now) });
    expect((await world.bearerOf(out)).secondFactor).toBe('given');
  });

  it('goes by the center’s clock, whatever the clock of whoever asks says (ASVS 6.5.8)', async () => {
    const { user, shows } = await world.withApp();
    world.time.now += 2 * 60 * MINUTE;
    // The code that an app shows whose clock stood still, and that of this machine.
    for (const off of [-60 * MINUTE, 60 * MINUTE]) {
      expect(code(await signIn(world.ports, at(user, { code: shows(off) })))).toBe('second_factor.refused');
    }
    const out = await world.signedIn(user, { code: shows() });
    expect((await world.bearerOf(out)).secondFactor).toBe('given');
  });

  it('is one of three, and none of them goes by mail or telephone (ASVS 6.3.6)', () => {
    const asked: readonly string[] = SecondFactorNeededSchema.shape.methods.element.options;
    expect([...asked].sort()).toEqual(['passkey', 'recovery', 'totp']);
  });

  it('keeps its secret from the tables and the audit, and its codes too', async () => {
    const { begun, recoveryCodes } = await world.withApp();
    const { rows } = await asMigrator(world.database, (client) =>
      client.query(
        `select to_jsonb(t)::text as row from identity.totp t union all select to_jsonb(r)::text from identity.recovery_code r
         union all select to_jsonb(e)::text from audit.entry e`,
      ),
    );
    const all = rows.map(({ row }) => row).join('\n');
    const secret = secretOf(begun);
    for (const form of [begun.secret, secret.toString('hex'), secret.toString('base64'), ...recoveryCodes]) {
      expect(all).not.toContain(form);
    }
  });

  it('takes each code once: at the API, at a console, and when two send it at once (ASVS 6.5.1)', async () => {
    const { user, shows } = await world.withApp();
    const typed = shows();
    await world.signedIn(user, { code: typed });
    expect(code(await signIn(world.ports, at(user, { code: typed })))).toBe('second_factor.refused');
    expect(code(await signIn(world.ports, at(user, { code: typed, device: world.seat })))).toBe(
      'second_factor.refused',
    );
    // An older code is none either, although its step is within the window.
    expect(code(await signIn(world.ports, at(user, { code: shows(-30_000) })))).toBe('second_factor.refused');
    world.time.now += MINUTE;
    const both = await Promise.all([0, 1].map(() => signIn(world.ports, at(user, { code: shows() }))));
    expect(both.map(code).sort()).toEqual(['ok', 'second_factor.refused']);
  });

  it('is not asked for before the password is right', async () => {
    const { user, shows } = await world.withApp();
    const wrong = await signIn(world.ports, at(user, { password: 'wrong wrong wrong' }));
    const withCode = await signIn(world.ports, at(user, { password: 'wrong wrong wrong', code: shows() }));
    const unknown = await signIn(world.ports, at('nobody-here', { password: 'wrong wrong wrong', code: '123456' }));
    expect(code(wrong)).toBe('sign_in.refused');
    expect(withCode).toEqual(wrong);
    expect(unknown).toEqual(wrong);
  });

  it('counts wrong codes as wrong passwords, whatever is tried in between', async () => {
    const { user, shows } = await world.withApp();
    for (let i = 0; i < 5; i++) {
      await world.needed(user);
      expect(code(await signIn(world.ports, at(user, { code: '000000' })))).toBe('second_factor.refused');
    }
    expect(code(await signIn(world.ports, at(user, { code: shows() })))).toBe('sign_in.refused');
    world.time.now += 31 * MINUTE;
    await world.signedIn(user, { code: shows() });
  });

  it('does not pause sign-in for being asked for again and again', async () => {
    const { user, shows } = await world.withApp();
    for (let i = 0; i < 8; i++) await world.needed(user);
    for (let i = 0; i < 4; i++) await signIn(world.ports, at(user, { password: 'wrong wrong wrong' }));
    // The fifth try of the window has the right password: it is no wrong one.
    await world.needed(user);
    await world.signedIn(user, { code: shows() });
  });

  it('is replaced by another only once that one has shown a code', async () => {
    const { user, me, shows } = await world.withApp();
    const second = await beginTotp(world.ports, OPERATOR, me);
    await world.signedIn(user, { code: shows() });
    world.time.now += MINUTE;
    const secret = secretOf(second);
    expect(
      must(await confirmTotp(world.ports, OPERATOR, me, totpCode(secret, world.time.now))).recoveryCodes,
    ).toBeNull();
    world.time.now += MINUTE;
    expect(code(await signIn(world.ports, at(user, { code: shows() })))).toBe('second_factor.refused');
    await world.signedIn(user, { code: totpCode(secret, world.time.now) });
  });

  it('that was begun waits for half an hour', async () => {
    const user = await world.fresh();
    const me = await world.bearerOf(await world.signedIn(user));
    const begun = await beginTotp(world.ports, OPERATOR, me);
    world.time.now += 31 * MINUTE;
    const late = await confirmTotp(world.ports, OPERATOR, me, totpCode(secretOf(begun), world.time.now));
    expect(code(late)).toBe('totp.not_begun');
  });
});

describe('recovery codes', () => {
  it('open once each, are told in the audit, and are void once renewed (ASVS 6.5.1)', async () => {
    const { user, me, recoveryCodes } = await world.withApp();
    const [first = '', second = ''] = recoveryCodes;
    await world.signedIn(user, { code: first.toLowerCase() });
    expect(await world.acts()).toContain('recovery code used');
    expect(await world.raised(me.user)).toEqual(['recovery code used']);
    expect(world.counted).toContain('recovery code used');
    expect(code(await signIn(world.ports, at(user, { code: first })))).toBe('second_factor.refused');
    await world.signedIn(user, { code: second, device: world.seat });
    const renewed = must(await renewRecoveryCodes(world.ports, OPERATOR, me));
    expect(code(await signIn(world.ports, at(user, { code: recoveryCodes[2] ?? '' })))).toBe('second_factor.refused');
    await world.signedIn(user, { code: renewed[0] ?? '' });
  });

  it('of one person are nothing to another', async () => {
    const [ann, bob] = [await world.withApp(), await world.withApp()];
    expect(code(await signIn(world.ports, at(bob.user, { code: ann.recoveryCodes[0] ?? '' })))).toBe(
      'second_factor.refused',
    );
  });

  it('are not given to whoever has nothing that they could stand in for', async () => {
    const me = await world.bearerOf(await world.signedIn(await world.fresh()));
    expect(code(await renewRecoveryCodes(world.ports, OPERATOR, me))).toBe('second_factor.none');
  });
});
