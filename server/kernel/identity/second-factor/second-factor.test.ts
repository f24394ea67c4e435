import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SecondFactorNeeded, SecondFactorNeededSchema } from '#domain/identity/api/mfa.ts';
import { DEFAULT_POLICY } from '#domain/identity/policy.ts';
import type { Outcome } from '#domain/kernel/refusal.ts';
import type { SessionOut } from '#domain/wire/sync.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { makeBearers } from '../bearers.ts';
import { changePolicy } from '../policy.ts';
import { OPERATOR } from '../ports.ts';
import { refresh } from '../refresh.ts';
import { type SignIn, signIn } from '../sign-in.ts';
import { authenticator } from '../testing/authenticator.ts';
import {
  type IdentityWorld,
  identityWorld,
  must,
  organisationWithSite,
  PASSWORD,
  person,
  type Workstation,
  workstation,
} from '../testing/identity.ts';
import { addPasskey, beginPasskey, beginTotp, confirmTotp, removeFactor, renewRecoveryCodes } from './enrol.ts';
import { passkeySignInOptions, signInByPasskey } from './passkey-sign-in.ts';
import { resetFactors } from './reset.ts';
import { stepUp, stepUpOptions } from './step-up.ts';
import { totpCode } from './totp.ts';

const HERE = { origin: 'http://localhost:8420', rpId: 'localhost' };
const MINUTE = 60_000;

let world: IdentityWorld;
let seat: Workstation;
beforeAll(async () => {
  world = await identityWorld();
  seat = await workstation(world, 'alpha', await organisationWithSite(world, 'alpha'));
});
afterAll(() => world.close());
// A code is good once: every test begins in steps of its own.
beforeEach(() => {
  world.time.now += 5 * MINUTE;
});

const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.refusal.code);
const at = (user: string, more: Partial<SignIn> = {}): SignIn => ({
  device: null,
  position: null,
  user,
  password: PASSWORD,
  ...more,
});
const signedIn = async (user: string, more: Partial<SignIn> = {}): Promise<SessionOut> =>
  must(await signIn(world.ports, at(user, more))) as SessionOut;
const bearerOf = async (out: SessionOut) => {
  const bearer = await makeBearers(world.ports).userOf(out.accessToken);
  if (bearer) return bearer;
  throw new Error('the token speaks for nobody');
};
const needed = async (user: string, more: Partial<SignIn> = {}): Promise<SecondFactorNeeded> => {
  const answer = await signIn(world.ports, at(user, more));
  expect(code(answer)).toBe('second_factor.needed');
  if (!('secondFactor' in answer)) throw new Error('no second factor was asked for');
  return answer.secondFactor;
};
const acts = async (): Promise<string[]> => {
  const { rows } = await asMigrator(world.database, (client) =>
    client.query(`select after ->> 'act' as act from audit.entry where op = 'act' order by id`),
  );
  return rows.map(({ act }) => act);
};
const raised = async (subject: string): Promise<string[]> => {
  const { rows } = await asMigrator(world.database, (client) =>
    client.query('select kind from security.event where subject = $1', [subject]),
  );
  return rows.map(({ kind }) => kind);
};
let names = 0;
const fresh = async (roles: Parameters<typeof person>[3] = ['supervisor']): Promise<string> => {
  names += 1;
  await person(world, 'alpha', `u${names}`, roles);
  return `u${names}`;
};
/** A person with an authenticator app; `code()` is what it shows now. */
const withApp = async (roles?: Parameters<typeof person>[3]) => {
  const user = await fresh(roles);
  const me = await bearerOf(await signedIn(user));
  const begun = await beginTotp(world.ports, OPERATOR, me);
  const secret = fromBase32(begun.secret);
  const shows = (by = 0): string => totpCode(secret, world.time.now + by);
  const { recoveryCodes } = must(await confirmTotp(world.ports, OPERATOR, me, shows()));
  world.time.now += 2 * MINUTE;
  return { user, me, begun, shows, recoveryCodes: recoveryCodes ?? [] };
};
const withPasskey = async () => {
  const user = await fresh();
  const me = await bearerOf(await signedIn(user));
  const key = authenticator(HERE);
  const options = await beginPasskey(world.ports, me);
  const added = await addPasskey(world.ports, OPERATOR, me, { name: 'Key', response: key.create(options) });
  return { user, me, key, recoveryCodes: must(added).recoveryCodes ?? [] };
};
const requireOf = async (mfa: (typeof DEFAULT_POLICY)['mfa']): Promise<void> => {
  const { rows } = await asMigrator(world.database, (client) =>
    client.query(`select version from identity.policy where org = 'alpha'`),
  );
  const change = { policy: { ...DEFAULT_POLICY, mfa }, version: rows[0]?.version ?? 0 };
  must(await changePolicy(world.ports, OPERATOR, 'alpha', change));
};

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

describe('an authenticator app', () => {
  it('counts from its first code, which brings recovery codes, and is asked for after a right password', async () => {
    const user = await fresh();
    const me = await bearerOf(await signedIn(user));
    const begun = await beginTotp(world.ports, OPERATOR, me);
    expect(begun.qr).toMatch(/^<svg[^>]*xmlns/);
    expect(begun.qr).not.toMatch(/<script|onload/i);
    expect(code(await confirmTotp(world.ports, OPERATOR, me, '000000'))).toBe('totp.code');
    // Begun alone, it is not asked for yet.
    await signedIn(user);
    const secret = fromBase32(begun.secret);
    const { recoveryCodes } = must(await confirmTotp(world.ports, OPERATOR, me, totpCode(secret, world.time.now)));
    expect(recoveryCodes).toHaveLength(10);
    expect((await needed(user)).methods).toEqual(['totp', 'recovery']);
    expect((await needed(user, { device: seat })).methods).toEqual(['totp', 'recovery']);
    world.time.now += MINUTE;
    const out = await signedIn(user, { code: totpCode(secret, world.time.now) });
    expect((await bearerOf(out)).secondFactor).toBe('given');
  });

  it('goes by the center’s clock, whatever the clock of whoever asks says (ASVS 6.5.8)', async () => {
    const { user, shows } = await withApp();
    world.time.now += 2 * 60 * MINUTE;
    // The code that an app shows whose clock stood still, and that of this machine.
    for (const off of [-60 * MINUTE, 60 * MINUTE]) {
      expect(code(await signIn(world.ports, at(user, { code: shows(off) })))).toBe('second_factor.refused');
    }
    const out = await signedIn(user, { code: shows() });
    expect((await bearerOf(out)).secondFactor).toBe('given');
  });

  it('is one of three, and none of them goes by mail or telephone (ASVS 6.3.6)', () => {
    const asked: readonly string[] = SecondFactorNeededSchema.shape.methods.element.options;
    expect([...asked].sort()).toEqual(['passkey', 'recovery', 'totp']);
  });

  it('keeps its secret from the tables and the audit, and its codes too', async () => {
    const { begun, recoveryCodes } = await withApp();
    const { rows } = await asMigrator(world.database, (client) =>
      client.query(
        `select to_jsonb(t)::text as row from identity.totp t union all select to_jsonb(r)::text from identity.recovery_code r
         union all select to_jsonb(e)::text from audit.entry e`,
      ),
    );
    const all = rows.map(({ row }) => row).join('\n');
    const secret = fromBase32(begun.secret);
    for (const form of [begun.secret, secret.toString('hex'), secret.toString('base64'), ...recoveryCodes]) {
      expect(all).not.toContain(form);
    }
  });

  it('takes each code once: at the API, at a console, and when two send it at once (ASVS 6.5.1)', async () => {
    const { user, shows } = await withApp();
    const typed = shows();
    await signedIn(user, { code: typed });
    expect(code(await signIn(world.ports, at(user, { code: typed })))).toBe('second_factor.refused');
    expect(code(await signIn(world.ports, at(user, { code: typed, device: seat })))).toBe('second_factor.refused');
    // An older code is none either, although its step is within the window.
    expect(code(await signIn(world.ports, at(user, { code: shows(-30_000) })))).toBe('second_factor.refused');
    world.time.now += MINUTE;
    const both = await Promise.all([0, 1].map(() => signIn(world.ports, at(user, { code: shows() }))));
    expect(both.map(code).sort()).toEqual(['ok', 'second_factor.refused']);
  });

  it('is not asked for before the password is right', async () => {
    const { user, shows } = await withApp();
    const wrong = await signIn(world.ports, at(user, { password: 'wrong wrong wrong' }));
    const withCode = await signIn(world.ports, at(user, { password: 'wrong wrong wrong', code: shows() }));
    const unknown = await signIn(world.ports, at('nobody-here', { password: 'wrong wrong wrong', code: '123456' }));
    expect(code(wrong)).toBe('sign_in.refused');
    expect(withCode).toEqual(wrong);
    expect(unknown).toEqual(wrong);
  });

  it('counts wrong codes as wrong passwords, whatever is tried in between', async () => {
    const { user, shows } = await withApp();
    for (let i = 0; i < 5; i++) {
      await needed(user);
      expect(code(await signIn(world.ports, at(user, { code: '000000' })))).toBe('second_factor.refused');
    }
    expect(code(await signIn(world.ports, at(user, { code: shows() })))).toBe('sign_in.refused');
    world.time.now += 31 * MINUTE;
    await signedIn(user, { code: shows() });
  });

  it('does not pause sign-in for being asked for again and again', async () => {
    const { user, shows } = await withApp();
    for (let i = 0; i < 8; i++) await needed(user);
    for (let i = 0; i < 4; i++) await signIn(world.ports, at(user, { password: 'wrong wrong wrong' }));
    // The fifth try of the window has the right password: it is no wrong one.
    await needed(user);
    await signedIn(user, { code: shows() });
  });

  it('is replaced by another only once that one has shown a code', async () => {
    const { user, me, shows } = await withApp();
    const second = await beginTotp(world.ports, OPERATOR, me);
    await signedIn(user, { code: shows() });
    world.time.now += MINUTE;
    const secret = fromBase32(second.secret);
    expect(
      must(await confirmTotp(world.ports, OPERATOR, me, totpCode(secret, world.time.now))).recoveryCodes,
    ).toBeNull();
    world.time.now += MINUTE;
    expect(code(await signIn(world.ports, at(user, { code: shows() })))).toBe('second_factor.refused');
    await signedIn(user, { code: totpCode(secret, world.time.now) });
  });

  it('that was begun waits for half an hour', async () => {
    const user = await fresh();
    const me = await bearerOf(await signedIn(user));
    const begun = await beginTotp(world.ports, OPERATOR, me);
    world.time.now += 31 * MINUTE;
    const late = await confirmTotp(world.ports, OPERATOR, me, totpCode(fromBase32(begun.secret), world.time.now));
    expect(code(late)).toBe('totp.not_begun');
  });
});

describe('recovery codes', () => {
  it('open once each, are told in the audit, and are void once renewed (ASVS 6.5.1)', async () => {
    const { user, me, recoveryCodes } = await withApp();
    const [first = '', second = ''] = recoveryCodes;
    await signedIn(user, { code: first.toLowerCase() });
    expect(await acts()).toContain('recovery code used');
    expect(await raised(me.user)).toEqual(['recovery code used']);
    expect(code(await signIn(world.ports, at(user, { code: first })))).toBe('second_factor.refused');
    await signedIn(user, { code: second, device: seat });
    const renewed = must(await renewRecoveryCodes(world.ports, OPERATOR, me));
    expect(code(await signIn(world.ports, at(user, { code: recoveryCodes[2] ?? '' })))).toBe('second_factor.refused');
    await signedIn(user, { code: renewed[0] ?? '' });
  });

  it('of one person are nothing to another', async () => {
    const [ann, bob] = [await withApp(), await withApp()];
    expect(code(await signIn(world.ports, at(bob.user, { code: ann.recoveryCodes[0] ?? '' })))).toBe(
      'second_factor.refused',
    );
  });

  it('are not given to whoever has nothing that they could stand in for', async () => {
    const me = await bearerOf(await signedIn(await fresh()));
    expect(code(await renewRecoveryCodes(world.ports, OPERATOR, me))).toBe('second_factor.none');
  });
});

describe('a passkey', () => {
  it('opens the center without a password, and stands beside one', async () => {
    const { user, key, recoveryCodes } = await withPasskey();
    expect(recoveryCodes).toHaveLength(10);
    const out = must(await signInByPasskey(world.ports, key.show(await passkeySignInOptions(world.ports))));
    expect((await bearerOf(out as SessionOut)).secondFactor).toBe('given');
    const asked = await needed(user);
    expect(asked.methods).toEqual(['passkey', 'recovery']);
    if (!asked.passkey) throw new Error('no options came');
    await signedIn(user, { passkey: key.show(asked.passkey) });
  });

  it('that was not verified, was made elsewhere or for another host, or answers something else, is refused', async () => {
    const { key } = await withPasskey();
    const fresh = () => passkeySignInOptions(world.ports);
    const bad = [
      key.show(await fresh(), { verified: false }),
      key.show(await fresh(), { origin: 'http://localhost:8421' }),
      key.show(await fresh(), { origin: 'https://center.example.org' }),
      key.show(await fresh(), { rpId: 'example.org' }),
      key.show(await fresh(), { challenge: Buffer.from('made up by somebody else').toString('base64url') }),
      key.show(await fresh(), { userHandle: Buffer.from('another person').toString('base64url') }),
      authenticator(HERE).show(await fresh()),
    ];
    for (const assertion of bad) expect(code(await signInByPasskey(world.ports, assertion))).toBe('sign_in.refused');
    expect(code(await signInByPasskey(world.ports, key.show(await fresh())))).toBe('ok');
  });

  it('answers each challenge once, within five minutes, for what it was put (ASVS 6.7.2)', async () => {
    const { user, me, key } = await withPasskey();
    const once = key.show(await passkeySignInOptions(world.ports));
    const both = await Promise.all([0, 1].map(() => signInByPasskey(world.ports, once)));
    expect(both.map(code).sort()).toEqual(['ok', 'sign_in.refused']);
    const late = await passkeySignInOptions(world.ports);
    world.time.now += 5 * MINUTE;
    expect(code(await signInByPasskey(world.ports, key.show(late)))).toBe('sign_in.refused');
    const asked = await stepUpOptions(world.ports, me);
    if (!asked.passkey) throw new Error('no options came');
    expect(code(await signInByPasskey(world.ports, key.show(asked.passkey)))).toBe('sign_in.refused');
    const toSignIn = { passkey: key.show(await passkeySignInOptions(world.ports)) };
    expect(code(await signIn(world.ports, at(user, toSignIn)))).toBe('second_factor.refused');
  });

  it('whose counter did not go on is a copy: it opens nothing, and that is told', async () => {
    const { key, me } = await withPasskey();
    for (const counter of [7, 8]) {
      expect(
        code(await signInByPasskey(world.ports, key.show(await passkeySignInOptions(world.ports), { counter }))),
      ).toBe('ok');
    }
    const copied = key.show(await passkeySignInOptions(world.ports), { counter: 8 });
    expect(code(await signInByPasskey(world.ports, copied))).toBe('sign_in.refused');
    expect(await acts()).toContain('passkey copied');
    expect(await raised(me.user)).toEqual(['passkey copied']);
  });

  it('is registered once, by whom it was begun', async () => {
    const { me } = await withPasskey();
    const key = authenticator(HERE);
    const options = await beginPasskey(world.ports, me);
    const other = await bearerOf(await signedIn(await fresh()));
    const input = { name: 'Mine', response: key.create(options) };
    expect(code(await addPasskey(world.ports, OPERATOR, other, input))).toBe('passkey.refused');
    const unverified = { name: 'Mine', response: key.create(options, { verified: false }) };
    expect(code(await addPasskey(world.ports, OPERATOR, me, unverified))).toBe('passkey.refused');
    expect(code(await addPasskey(world.ports, OPERATOR, me, input))).toBe('ok');
    expect(code(await addPasskey(world.ports, OPERATOR, me, input))).toBe('passkey.refused');
    const again = { name: 'Theirs', response: key.create(await beginPasskey(world.ports, other)) };
    expect(code(await addPasskey(world.ports, OPERATOR, other, again))).toBe('passkey.known');
  });

  it('is no way into a console, where a recovery code or an app is', async () => {
    const { user, recoveryCodes } = await withPasskey();
    expect(await needed(user, { device: seat })).toEqual({ methods: ['recovery'], passkey: null });
    await signedIn(user, { device: seat, code: recoveryCodes[0] ?? '' });
  });

  it('of somebody who was withdrawn opens nothing', async () => {
    const { key, me } = await withPasskey();
    await asMigrator(world.database, (client) =>
      client.query('update identity.person set active = false where id = $1', [me.user]),
    );
    expect(code(await signInByPasskey(world.ports, key.show(await passkeySignInOptions(world.ports))))).toBe(
      'sign_in.refused',
    );
  });
});

describe('a role that asks for a second factor', () => {
  it('takes whoever has none no further than to setting one up, in sessions that are open too (ASVS 6.3.3)', async () => {
    const user = await fresh(['medical_director']);
    const before = await signedIn(user);
    expect((await bearerOf(before)).secondFactor).toBe('not needed');
    await requireOf({ medical_director: 'required' });
    expect((await bearerOf(before)).secondFactor).toBe('missing');
    const out = await signedIn(user);
    const me = await bearerOf(out);
    expect(me.secondFactor).toBe('missing');
    expect(code(await signIn(world.ports, at(user, { device: seat })))).toBe('second_factor.enrol');
    const begun = await beginTotp(world.ports, OPERATOR, me);
    const secret = fromBase32(begun.secret);
    must(await confirmTotp(world.ports, OPERATOR, me, totpCode(secret, world.time.now)));
    expect((await bearerOf(out)).secondFactor).toBe('given');
    const renewed = must(await refresh(world.ports, { refreshToken: out.refreshToken, device: null }));
    expect((await bearerOf(renewed as SessionOut)).secondFactor).toBe('given');
    // The other session was opened before: it has to give the factor, and can.
    expect((await bearerOf(before)).secondFactor).toBe('missing');
    world.time.now += MINUTE;
    const given = { code: totpCode(secret, world.time.now) };
    expect(code(await stepUp(world.ports, OPERATOR, await bearerOf(before), given))).toBe('ok');
    expect((await bearerOf(before)).secondFactor).toBe('given');
    expect(code(await removeFactor(world.ports, OPERATOR, me, null))).toBe('second_factor.last');
    await requireOf({});
    expect(code(await removeFactor(world.ports, OPERATOR, me, null))).toBe('ok');
    await signedIn(user);
  });

  it('asks anew after an administrator’s reset, which nobody does to themselves (ASVS 6.5.6)', async () => {
    const { user, me, recoveryCodes } = await withApp(['biller']);
    await requireOf({ biller: 'required' });
    const own = await resetFactors(world.ports, { actor: me.user }, 'alpha', me.user);
    expect(code(own)).toBe('second_factor.own');
    must(await resetFactors(world.ports, { actor: 'boss' }, 'alpha', me.user));
    expect(await acts()).toContain('second factors reset');
    expect((await bearerOf(await signedIn(user))).secondFactor).toBe('missing');
    expect((await bearerOf(await signedIn(user, { code: recoveryCodes[0] ?? '' }))).secondFactor).toBe('missing');
    await requireOf({});
  });
});

describe('confirming who one is', () => {
  const provenAt = async (out: SessionOut): Promise<number> => (await bearerOf(out)).provenAt;

  it('goes by the password where there is nothing stronger', async () => {
    const out = await signedIn(await fresh());
    world.time.now += 20 * MINUTE;
    const me = await bearerOf({
      ...out,
      ...(must(await refresh(world.ports, { refreshToken: out.refreshToken, device: null })) as SessionOut),
    });
    expect((await stepUpOptions(world.ports, me)).methods).toEqual(['password']);
    expect(code(await stepUp(world.ports, OPERATOR, me, { password: 'wrong wrong wrong' }))).toBe('step_up.refused');
    const { until } = must(await stepUp(world.ports, OPERATOR, me, { password: PASSWORD }));
    expect(until).toBe(world.time.now + 10 * MINUTE);
  });

  it('goes by the second factor where there is one (ASVS 7.5.1)', async () => {
    const { user, shows } = await withApp();
    const out = await signedIn(user, { code: shows() });
    world.time.now += MINUTE;
    const me = await bearerOf(out);
    expect((await stepUpOptions(world.ports, me)).methods).toEqual(['totp', 'recovery']);
    expect(code(await stepUp(world.ports, OPERATOR, me, { password: PASSWORD }))).toBe('step_up.stronger');
    expect(await provenAt(out)).toBeLessThan(world.time.now);
    must(await stepUp(world.ports, OPERATOR, me, { code: shows() }));
    expect(await provenAt(out)).toBe(world.time.now);
    expect(code(await stepUp(world.ports, OPERATOR, me, { code: shows() }))).toBe('step_up.refused');
  });

  it('goes by a passkey, for this session alone', async () => {
    const { me, user, key, recoveryCodes } = await withPasskey();
    const other = await bearerOf(await signedIn(user, { code: recoveryCodes[0] ?? '' }));
    const { passkey } = await stepUpOptions(world.ports, me);
    if (!passkey) throw new Error('no options came');
    expect(code(await stepUp(world.ports, OPERATOR, other, { passkey: key.show(passkey) }))).toBe('step_up.refused');
    expect(code(await stepUp(world.ports, OPERATOR, me, { passkey: key.show(passkey) }))).toBe('ok');
  });

  it('counts wrong tries with those of signing in', async () => {
    const { user, me, shows } = await withApp();
    for (let i = 0; i < 5; i++) await stepUp(world.ports, OPERATOR, me, { code: '000000' });
    expect(code(await stepUp(world.ports, OPERATOR, me, { code: shows() }))).toBe('step_up.refused');
    expect(code(await signIn(world.ports, at(user, { code: shows() })))).toBe('sign_in.refused');
  });
});
