/** Short texts that a device key signs to show that it is there (RFC 7523 in shape). Each is good once. */
import { jwtVerify } from 'jose';
import { z } from 'zod';
import type { IdentityTx } from '../tables.ts';
import { publicJwk } from './tokens.ts';

/** A workstation's clock may be this far off: it learns the offset from the answer. */
export const CLOCK_TOLERANCE_MS = 15 * 60_000;
const LIFE_S = 120;

const Assertion = z.object({
  iss: z.string(),
  sub: z.string(),
  jti: z.string().min(8).max(128),
  iat: z.int(),
  exp: z.int(),
});
export type Assertion = z.infer<typeof Assertion>;

/** What `key` signed as `issuer`; null where it did not, or not for this center, or for too long. The clock is not judged. */
export async function readAssertion(
  assertion: string,
  issuer: string,
  key: string,
  now: number,
): Promise<Assertion | null> {
  try {
    const { payload } = await jwtVerify(assertion, await publicJwk(key), {
      algorithms: ['EdDSA'],
      issuer,
      subject: issuer,
      audience: 'qd-center',
      currentDate: new Date(now),
      clockTolerance: CLOCK_TOLERANCE_MS / 1000 + LIFE_S,
    });
    const claims = Assertion.parse(payload);
    return claims.exp > claims.iat && claims.exp - claims.iat <= LIFE_S ? claims : null;
  } catch {
    return null;
  }
}

/** Whether this is the first time that it is shown; it is remembered until it would have expired anyway. */
export async function takenOnce(
  trx: IdentityTx,
  org: string,
  issuer: string,
  claims: Assertion,
  now: number,
): Promise<boolean> {
  await trx.deleteFrom('identity.used_assertion').where('expires_at', '<', now).execute();
  const kept = await trx
    .insertInto('identity.used_assertion')
    .values({ org, station: issuer, jti: claims.jti, expires_at: claims.exp * 1000 + 2 * CLOCK_TOLERANCE_MS })
    .onConflict((on) => on.columns(['org', 'station', 'jti']).doNothing())
    .returning('jti')
    .executeTakeFirst();
  return kept !== undefined;
}
