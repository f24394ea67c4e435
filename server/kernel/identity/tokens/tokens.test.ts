/** Tokens of devices and people: whom they name, until when, and for whom they are. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { authorise } from '#domain/kernel/authorise.ts';
import type { SessionOut } from '#domain/wire/sync.ts';
import { thumbprintOf } from '#sealing/dpop.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { makeBearers } from '../bearers.ts';
import { revokeDevice, tokenForDevice } from '../devices/devices.ts';
import { OPERATOR } from '../ports.ts';
import { type SignIn, signIn } from '../sign-in/sign-in.ts';
import {
  assertion,
  code,
  type IdentityWorld,
  identityWorld,
  must,
  organisationWithSite,
  PASSWORD,
  person,
  tokenOf,
  type Workstation,
  workstation,
} from '../testing/identity.ts';
import { accessToken, readToken } from './tokens.ts';

const IN_ORDER = { state: 'ACTIVE', off: new Map(), restrictions: new Map() } as const;
const MINUTE = 60_000;

let world: IdentityWorld;
let site: string;
let seat: Workstation;
beforeAll(async () => {
  world = await identityWorld();
  site = await organisationWithSite(world, 'alpha');
  seat = await workstation(world, 'alpha', site);
});
afterAll(() => world.close());

const at = (user: string, password = PASSWORD, device: SignIn['device'] = seat): SignIn => ({
  device,
  user,
  password,
  position: null,
});

describe('tokens', () => {
  it('answers an assertion once, with a token of 15 minutes for that device', async () => {
    const said = assertion(seat, world.time.now);
    const { token, expiresAt } = must(await tokenForDevice(world.ports, said));
    expect(Math.abs(expiresAt - world.time.now - 15 * MINUTE)).toBeLessThan(1_500);
    const bearers = makeBearers(world.ports);
    expect(await bearers.deviceOf(token)).toEqual({
      ...{ kind: 'device', org: 'alpha', site, station: seat.station },
      jkt: thumbprintOf(seat.signer.publicKey),
    });
    expect(await bearers.userOf(token)).toBeNull();
    expect(code(await tokenForDevice(world.ports, said))).toBe('device.refused');
  });

  it('refuses what is forged, for someone else, too long, or of a clock that is far off (ASVS 9.1.1)', async () => {
    const other = signerOf(newSigningKey());
    const now = world.time.now;
    const iat = Math.floor(now / 1000);
    const bad = [
      assertion({ station: seat.station, signer: other }, now),
      assertion(seat, now, { aud: 'elsewhere' }),
      assertion(seat, now, { sub: 'another' }),
      assertion(seat, now, { exp: iat + 600 }),
      assertion({ station: '0000', signer: seat.signer }, now),
      'not.a.token-at-all-but-long',
    ];
    for (const each of bad) expect(code(await tokenForDevice(world.ports, each))).toBe('device.refused');
    expect(code(await tokenForDevice(world.ports, assertion(seat, now - 16 * MINUTE)))).toBe('device.clock');
    expect(code(await tokenForDevice(world.ports, assertion(seat, now + 10 * MINUTE)))).toBe('ok');
    expect(code(await tokenForDevice(world.ports, assertion(seat, now - 10 * MINUTE)))).toBe('ok');
  });

  it('end with the device, and with their time (ASVS 7.2.1, 9.2.1)', async () => {
    const gone = await workstation(world, 'alpha', site, 'Gone');
    const token = await tokenOf(world, gone);
    const bearers = makeBearers(world.ports);
    expect(await bearers.deviceOf(token)).not.toBeNull();
    must(await revokeDevice(world.ports, OPERATOR, 'alpha', gone.station));
    expect(await bearers.deviceOf(token)).toBeNull();
    expect(code(await tokenForDevice(world.ports, assertion(gone, world.time.now)))).toBe('device.refused');
    const old = await tokenOf(world, seat);
    world.time.now += 15 * MINUTE + 2_000;
    expect(await bearers.deviceOf(old)).toBeNull();
  });

  it('are not said to be bad while the database is away: every workstation was told that the center refuses it', async () => {
    const token = await tokenOf(world, seat);
    const away = async (): Promise<never> => {
      throw new Error('the database is away');
    };
    await expect(readToken(token, away, world.time.now)).rejects.toThrow('the database is away');
    const { pool } = world.ports.db;
    const bearers = makeBearers({ ...world.ports, db: { ...world.ports.db, pool: { ...pool, query: away } as never } });
    await expect(bearers.deviceOf(token)).rejects.toThrow('the database is away');
    // What is no token says so by itself.
    expect(await bearers.deviceOf('not.a.token-at-all-but-long')).toBeNull();
  });

  it('are for this service alone: another audience, issuer or kind is nobody (ASVS 10.3.1)', async () => {
    const { signer } = await world.ports.keys.centerKeys('alpha');
    const now = world.time.now;
    const claims = decodeJwt(await tokenOf(world, seat));
    const said = (change: object): string => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${part({ alg: 'EdDSA', typ: 'JWT', kid: signer.publicKey })}.${part({ ...claims, ...change })}`;
      return `${text}.${signer.sign(text)}`;
    };
    const keys = async () => [signer.publicKey];
    expect(await readToken(said({}), keys, now)).toMatchObject({ kind: 'device', station: seat.station });
    for (const change of [
      { aud: 'another-service' },
      { aud: undefined },
      { iss: 'another-center' },
      // A workstation's token said to be a person's.
      { aud: 'qd-user' },
    ]) {
      expect(await readToken(said(change), keys, now), JSON.stringify(change)).toBeNull();
    }
  });

  it('of a person say who, where and with which roles, and that is what is decided by (ASVS 10.3.2)', async () => {
    await person(world, 'alpha', 'zoe', ['dispatcher', 'supervisor'], site);
    const out = must(await signIn(world.ports, at('zoe'))) as SessionOut;
    const { signer } = await world.ports.keys.centerKeys('alpha');
    const caller = await makeBearers(world.ports).userOf(out.accessToken);
    if (!caller) throw new Error('nobody');
    const said = async (change: Partial<Parameters<typeof accessToken>[1]>) => {
      const of = { ...caller, amr: [], ...change };
      return makeBearers(world.ports).userOf(accessToken(signer, of, world.time.now).token);
    };
    const unlock = async (change: Parameters<typeof said>[0], about: { site: string }) => {
      const who = await said(change);
      return who && authorise(IDENTITY_ACTIONS['people.unlock'], who, IN_ORDER, world.time.now, about).verdict;
    };
    expect(await unlock({}, { site })).toBe('ALLOW');
    expect(await unlock({ roles: ['dispatcher'] }, { site })).toBe('BLOCK');
    expect(await unlock({ site: 'another' }, { site })).toBe('BLOCK');
    expect(await unlock({ session: 'of-nobody' }, { site })).toBeNull();
    expect(await unlock({ org: 'no-such-organisation' }, { site })).toBeNull();
    expect(await said({ user: 'somebody-else' })).toBeNull();
  });

  it('of one organisation do not speak for another (ASVS 9.1.3)', async () => {
    await organisationWithSite(world, 'beta');
    const token = await tokenOf(world, seat);
    const [head, , sig] = token.split('.');
    const claims = Buffer.from(JSON.stringify({ ...decodeJwt(token), org: 'beta' })).toString('base64url');
    expect(await makeBearers(world.ports).deviceOf(`${head}.${claims}.${sig}`)).toBeNull();
  });
});
