import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionOut } from '#domain/wire/sync.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { OPERATOR } from '../ports.ts';
import { signIn } from '../sign-in/sign-in.ts';
import { authenticator } from '../testing/authenticator.ts';
import { code, must } from '../testing/identity.ts';
import { at, HERE, MINUTE, type SecondFactorWorld, secondFactorWorld } from '../testing/second-factor.ts';
import { addPasskey, beginPasskey } from './enrol.ts';
import { passkeySignInOptions, signInByPasskey } from './passkey-sign-in.ts';
import { stepUpOptions } from './step-up.ts';

let world: SecondFactorWorld;
beforeAll(async () => {
  world = await secondFactorWorld();
});
afterAll(() => world.close());
// A code is good once: every test begins in steps of its own.
beforeEach(() => {
  world.time.now += 5 * MINUTE;
});

describe('a passkey', () => {
  it('opens the center without a password, and stands beside one', async () => {
    const { user, key, recoveryCodes } = await world.withPasskey();
    expect(recoveryCodes).toHaveLength(10);
    const out = must(await signInByPasskey(world.ports, key.show(await passkeySignInOptions(world.ports))));
    expect((await world.bearerOf(out as SessionOut)).secondFactor).toBe('given');
    const asked = await world.needed(user);
    expect(asked.methods).toEqual(['passkey', 'recovery']);
    if (!asked.passkey) throw new Error('no options came');
    await world.signedIn(user, { passkey: key.show(asked.passkey) });
  });

  it('that was not verified, was made elsewhere or for another host, or answers something else, is refused', async () => {
    const { key } = await world.withPasskey();
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
    const { user, me, key } = await world.withPasskey();
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
    const { key, me } = await world.withPasskey();
    for (const counter of [7, 8]) {
      expect(
        code(await signInByPasskey(world.ports, key.show(await passkeySignInOptions(world.ports), { counter }))),
      ).toBe('ok');
    }
    const copied = key.show(await passkeySignInOptions(world.ports), { counter: 8 });
    expect(code(await signInByPasskey(world.ports, copied))).toBe('sign_in.refused');
    expect(await world.acts()).toContain('passkey copied');
    expect(await world.raised(me.user)).toEqual(['passkey copied']);
    expect(world.counted).toContain('passkey copied');
  });

  it('is registered once, by whom it was begun', async () => {
    const { me } = await world.withPasskey();
    const key = authenticator(HERE);
    const options = await beginPasskey(world.ports, me);
    const other = await world.bearerOf(await world.signedIn(await world.fresh()));
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
    const { user, recoveryCodes } = await world.withPasskey();
    expect(await world.needed(user, { device: world.seat })).toEqual({ methods: ['recovery'], passkey: null });
    await world.signedIn(user, { device: world.seat, code: recoveryCodes[0] ?? '' });
  });

  it('of somebody who was withdrawn opens nothing', async () => {
    const { key, me } = await world.withPasskey();
    await asMigrator(world.database, (client) =>
      client.query('update identity.person set active = false where id = $1', [me.user]),
    );
    expect(code(await signInByPasskey(world.ports, key.show(await passkeySignInOptions(world.ports))))).toBe(
      'sign_in.refused',
    );
  });
});
