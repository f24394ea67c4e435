/**
 * Passkeys: WebAuthn Level 3 at the center's own address. The authenticator always verifies the person (PIN, finger, face),
 * so that a passkey is two factors in one.
 */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { z } from 'zod';
import type { Assertion, RegistrationSchema } from '#domain/identity/api/mfa.ts';
import type { RandomBytes } from '#domain/kernel/ids.ts';
import type { KeyRing } from '../../keys/ring.ts';
import { type ChallengeFor, challengeEnds, newChallenge } from './challenge.ts';

/** What making and checking passkeys stands on. */
export interface PasskeyWorld {
  readonly keys: Pick<KeyRing, 'derived'>;
  readonly clock: () => number;
  readonly random: RandomBytes;
  /** Where people's browsers reach the center; a passkey is bound to its host. */
  readonly publicUrl: () => string;
}

/** A passkey as it is kept. */
export interface KeptPasskey {
  readonly id: string;
  readonly credential: string;
  readonly public_key: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
}

const NAME = 'Quantum Dispatch';
const TIMEOUT_MS = 300_000;

const hostOf = (world: PasskeyWorld): string => new URL(world.publicUrl()).hostname;
const originOf = (world: PasskeyWorld): string => new URL(world.publicUrl()).origin;
const named = (keys: readonly KeptPasskey[]): { id: string; transports: string[] }[] =>
  keys.map(({ credential, transports }) => ({ id: credential, transports: [...transports] }));
const challengeOf = (world: PasskeyWorld, of: ChallengeFor): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(newChallenge(world.keys, of, world.clock(), world.random), 'base64url'));

export type CreationOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;
export type RequestOptions = Awaited<ReturnType<typeof generateAuthenticationOptions>>;

/** Options for making a passkey of this person; authenticators that hold one of theirs are left out. */
export function creationOptions(
  world: PasskeyWorld,
  of: ChallengeFor,
  person: { readonly id: string; readonly login: string; readonly name: string },
  held: readonly KeptPasskey[],
): Promise<CreationOptions> {
  return generateRegistrationOptions({
    rpName: NAME,
    rpID: hostOf(world),
    userID: Uint8Array.from(Buffer.from(person.id, 'utf8')),
    userName: person.login,
    userDisplayName: person.name,
    challenge: challengeOf(world, of),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: named(held),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  });
}

/** Options for showing a passkey; any of the person's, or whichever the browser offers where nobody is named. */
export function requestOptions(
  world: PasskeyWorld,
  of: ChallengeFor,
  held: readonly KeptPasskey[],
): Promise<RequestOptions> {
  return generateAuthenticationOptions({
    rpID: hostOf(world),
    allowCredentials: named(held),
    challenge: challengeOf(world, of),
    timeout: TIMEOUT_MS,
    userVerification: 'required',
  });
}

/** A challenge that was answered rightly, to be taken out of use with whatever comes of it. */
interface Answered {
  readonly challenge: string;
  readonly ends: number;
}

export interface MadePasskey extends Answered, Omit<KeptPasskey, 'id'> {
  readonly synced: boolean;
}

/** Remembers the challenge that the library finds in the answer, where it is one of ours for this purpose. */
function awaited(world: PasskeyWorld, of: ChallengeFor): { check: (said: string) => boolean; found: () => Answered } {
  let found: Answered | null = null;
  return {
    check: (challenge) => {
      const ends = challengeEnds(world.keys, of, challenge, world.clock());
      if (ends !== null) found = { challenge, ends };
      return ends !== null;
    },
    found: () => {
      if (found) return found;
      throw new Error('an answer was taken without looking at its challenge');
    },
  };
}

/** The new passkey of a browser's answer; null where anything about it is not as it must be. */
export async function passkeyMade(
  world: PasskeyWorld,
  of: ChallengeFor,
  response: z.output<typeof RegistrationSchema>,
): Promise<MadePasskey | null> {
  const challenge = awaited(world, of);
  const verified = await verifyRegistrationResponse({
    response: response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
    expectedChallenge: challenge.check,
    expectedOrigin: originOf(world),
    expectedRPID: hostOf(world),
    requireUserVerification: true,
  }).catch(() => null);
  if (!verified?.verified) return null;
  const { credential, credentialBackedUp } = verified.registrationInfo;
  return {
    ...challenge.found(),
    credential: credential.id,
    public_key: credential.publicKey,
    counter: credential.counter,
    transports: credential.transports ?? [],
    synced: credentialBackedUp,
  };
}

export interface ShownPasskey extends Answered {
  readonly counter: number;
  readonly synced: boolean;
}

/**
 * Whether an assertion is made by this passkey, for this challenge, here, with the person verified. Null where it is not.
 * The signature counter is the caller's to compare: see {@link counterWentOn}.
 */
export async function passkeyShown(
  world: PasskeyWorld,
  of: ChallengeFor,
  assertion: Assertion,
  held: KeptPasskey,
): Promise<ShownPasskey | null> {
  const challenge = awaited(world, of);
  const { credential: id, public_key, transports } = held;
  const verified = await verifyAuthenticationResponse({
    response: assertion as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
    expectedChallenge: challenge.check,
    expectedOrigin: originOf(world),
    expectedRPID: hostOf(world),
    requireUserVerification: true,
    credential: { id, publicKey: Uint8Array.from(public_key), counter: 0, transports: [...transports] },
  }).catch(() => null);
  if (!verified?.verified) return null;
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  return { ...challenge.found(), counter: newCounter, synced: credentialBackedUp };
}

/** Whether a counter moved as one authenticator's does; where it did not, there is a copy of it (WebAuthn Level 3, 7.2, step 22). */
export function counterWentOn(before: number, now: number): boolean {
  return before === 0 && now === 0 ? true : now > before;
}
