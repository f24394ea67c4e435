/** People of an organisation who have an authenticator app or a passkey, or are about to, and a workstation they sign in at. */
import { Secret } from 'otpauth';
import { expect } from 'vitest';
import type { SecondFactorNeeded } from '#domain/identity/api/mfa.ts';
import { DEFAULT_POLICY } from '#domain/identity/policy.ts';
import type { SessionOut } from '#domain/wire/sync.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import type { AuthenticatedUser } from '../../http/auth.ts';
import { makeBearers } from '../bearers.ts';
import { changePolicy } from '../policy/policy.ts';
import { OPERATOR } from '../ports.ts';
import { addPasskey, beginPasskey, beginTotp, confirmTotp } from '../second-factor/enrol.ts';
import { type SignIn, signIn } from '../sign-in/sign-in.ts';
import { type Authenticator, authenticator } from './authenticator.ts';
import {
  code,
  type IdentityWorld,
  identityWorld,
  must,
  organisationWithSite,
  PASSWORD,
  person,
  type Workstation,
  workstation,
} from './identity.ts';
import { totpCode } from './totp-code.ts';

export const HERE = { origin: 'http://localhost:8420', rpId: 'localhost' };
export const MINUTE = 60_000;

/** Signing in with the right password and no workstation, but for what is said. */
export const at = (user: string, more: Partial<SignIn> = {}): SignIn => ({
  device: null,
  position: null,
  user,
  password: PASSWORD,
  ...more,
});
export const secretOf = (begun: { readonly secret: string }): Buffer =>
  Buffer.from(Secret.fromBase32(begun.secret).bytes);

type Roles = Parameters<typeof person>[3];

export interface SecondFactorWorld extends IdentityWorld {
  readonly seat: Workstation;
  readonly signedIn: (user: string, more?: Partial<SignIn>) => Promise<SessionOut>;
  readonly bearerOf: (out: SessionOut) => Promise<AuthenticatedUser>;
  /** Signs in with what is not enough, and returns what is asked for besides. */
  readonly needed: (user: string, more?: Partial<SignIn>) => Promise<SecondFactorNeeded>;
  /** Acts in the audit, the oldest first. */
  readonly acts: () => Promise<string[]>;
  /** Security events about somebody. */
  readonly raised: (subject: string) => Promise<string[]>;
  /** A new person's login; they have no second factor. */
  readonly fresh: (roles?: Roles) => Promise<string>;
  /** A person with an authenticator app; `shows()` is the code on it now, or so many ms from now. */
  readonly withApp: (roles?: Roles) => Promise<{
    readonly user: string;
    readonly me: AuthenticatedUser;
    readonly begun: Awaited<ReturnType<typeof beginTotp>>;
    readonly shows: (by?: number) => string;
    readonly recoveryCodes: readonly string[];
  }>;
  readonly withPasskey: () => Promise<{
    readonly user: string;
    readonly me: AuthenticatedUser;
    readonly key: Authenticator;
    readonly recoveryCodes: readonly string[];
  }>;
  /** Which roles the organisation asks for a second factor. */
  readonly requireOf: (mfa: (typeof DEFAULT_POLICY)['mfa']) => Promise<void>;
}

export async function secondFactorWorld(): Promise<SecondFactorWorld> {
  const world = await identityWorld();
  const seat = await workstation(world, 'alpha', await organisationWithSite(world, 'alpha'));
  const signedIn: SecondFactorWorld['signedIn'] = async (user, more) =>
    must(await signIn(world.ports, at(user, more))) as SessionOut;
  const bearerOf: SecondFactorWorld['bearerOf'] = async (out) => {
    const bearer = await makeBearers(world.ports).userOf(out.accessToken);
    if (bearer) return bearer;
    throw new Error('the token speaks for nobody');
  };
  let names = 0;
  const fresh: SecondFactorWorld['fresh'] = async (roles = ['supervisor']) => {
    names += 1;
    await person(world, 'alpha', `u${names}`, roles);
    return `u${names}`;
  };
  return {
    ...world,
    seat,
    signedIn,
    bearerOf,
    needed: async (user, more) => {
      const answer = await signIn(world.ports, at(user, more));
      expect(code(answer)).toBe('second_factor.needed');
      if (!('secondFactor' in answer)) throw new Error('no second factor was asked for');
      return answer.secondFactor;
    },
    acts: async () => {
      const { rows } = await asMigrator(world.database, (client) =>
        client.query(`select after ->> 'act' as act from audit.entry where op = 'act' order by id`),
      );
      return rows.map(({ act }) => act);
    },
    raised: async (subject) => {
      const { rows } = await asMigrator(world.database, (client) =>
        client.query('select kind from security.event where subject = $1', [subject]),
      );
      return rows.map(({ kind }) => kind);
    },
    fresh,
    withApp: async (roles) => {
      const user = await fresh(roles);
      const me = await bearerOf(await signedIn(user));
      const begun = await beginTotp(world.ports, OPERATOR, me);
      const shows = (by = 0): string => totpCode(secretOf(begun), world.time.now + by);
      const { recoveryCodes } = must(await confirmTotp(world.ports, OPERATOR, me, shows()));
      world.time.now += 2 * MINUTE;
      return { user, me, begun, shows, recoveryCodes: recoveryCodes ?? [] };
    },
    withPasskey: async () => {
      const user = await fresh();
      const me = await bearerOf(await signedIn(user));
      const key = authenticator(HERE);
      const options = await beginPasskey(world.ports, me);
      const added = await addPasskey(world.ports, OPERATOR, me, { name: 'Key', response: key.create(options) });
      return { user, me, key, recoveryCodes: must(added).recoveryCodes ?? [] };
    },
    requireOf: async (mfa) => {
      const { rows } = await asMigrator(world.database, (client) =>
        client.query(`select version from identity.policy where org = 'alpha'`),
      );
      const change = { policy: { ...DEFAULT_POLICY, mfa }, version: rows[0]?.version ?? 0 };
      must(await changePolicy(world.ports, OPERATOR, 'alpha', change));
    },
  };
}
