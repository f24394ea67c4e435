/**
 * Challenges to a browser. The center knows its own by their authentication code, so that a visitor who is nobody yet makes
 * it keep nothing; one that was answered is kept until it would have expired, so that none is answered twice.
 *
 * A challenge = 16 random bytes | when it ends, ms UTC, 8 bytes | HMAC-SHA-256 over both, what it is for and to whom it was put.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '#domain/kernel/ids.ts';
import type { KeyRing } from '../../keys/ring.ts';
import type { IdentityTx } from '../tables.ts';

const LIFE_MS = 5 * 60_000;
/** Whoever is sent to a provider may have to find a telephone there. */
const SSO_LIFE_MS = 15 * 60_000;
const SAID = 24;
const BYTES = SAID + 32;

/** What it is for, and to whom it was put: an answer to one is no answer to another. */
export interface ChallengeFor {
  readonly purpose: 'register' | 'sign in' | 'second factor' | 'step up' | 'single sign-on';
  /** A person or session; empty where nobody is known yet. */
  readonly to: string;
}

function codeOf(keys: Pick<KeyRing, 'derived'>, said: Uint8Array, { purpose, to }: ChallengeFor): Buffer {
  return createHmac('sha256', keys.derived('challenges')).update(said).update(`|${purpose}|${to}`).digest();
}

/** `now` ms UTC. */
export function newChallenge(
  keys: Pick<KeyRing, 'derived'>,
  of: ChallengeFor,
  now: number,
  random: RandomBytes,
): string {
  const said = Buffer.alloc(SAID);
  said.set(random(16));
  said.writeBigUInt64BE(BigInt(now + (of.purpose === 'single sign-on' ? SSO_LIFE_MS : LIFE_MS)), 16);
  return Buffer.concat([said, codeOf(keys, said, of)]).toString('base64url');
}

/** When a challenge of this center's ends, ms UTC; null where it is not one, is for something else, or has ended. */
export function challengeEnds(
  keys: Pick<KeyRing, 'derived'>,
  of: ChallengeFor,
  challenge: string,
  now: number,
): number | null {
  const bytes = Buffer.from(challenge, 'base64url');
  // One spelling alone, so that what was answered is known again.
  if (bytes.length !== BYTES || bytes.toString('base64url') !== challenge) return null;
  const said = bytes.subarray(0, SAID);
  if (!timingSafeEqual(codeOf(keys, said, of), bytes.subarray(SAID))) return null;
  const ends = Number(said.readBigUInt64BE(16));
  return ends > now ? ends : null;
}

/** Takes an answer's challenge out of use; false where it was answered before. */
export async function takeChallenge(
  trx: IdentityTx,
  org: string,
  challenge: string,
  ends: number,
  now: number,
): Promise<boolean> {
  await trx.deleteFrom('identity.used_challenge').where('expires_at', '<', now).execute();
  const taken = await trx
    .insertInto('identity.used_challenge')
    .values({ org, id: challenge, expires_at: ends })
    .onConflict((on) => on.columns(['org', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return taken !== undefined;
}
