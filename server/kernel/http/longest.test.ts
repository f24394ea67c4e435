/** What workstations and the center's own page send: at its longest, it is taken. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoleSchema } from '#domain/kernel/permission.ts';
import { dpopProof, readDpop } from '#sealing/dpop.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { newRefreshToken } from '../identity/secrets.ts';
import { ticketText } from '../identity/sso/ticket.ts';
import { accessToken } from '../identity/tokens/tokens.ts';
import { shownToken } from './auth.ts';
import { cookiesOf, setCookie } from './cookies.ts';
import { makeCsrf } from './csrf.ts';

/** An id where it is longest, as its schema lets it be. */
const ID = 'i'.repeat(128);
const ORG = 'o'.repeat(64);
/** What every browser keeps of one cookie (RFC 6265, 6.1). */
const COOKIE = 4_096;

const random = (length: number): Uint8Array => randomBytes(length);
const signer = signerOf(newSigningKey());
const token = accessToken(
  signer,
  {
    ...{ org: ORG, user: ID, session: ID, site: ID, station: ID, roles: RoleSchema.options, proof: 'dpop' },
    ...{ amr: ['pwd', 'otp', 'pop', 'user', 'fed', 'mfa'], jkt: 'j'.repeat(43) },
  },
  Date.now(),
).token;

let center: TestCenter;
beforeAll(async () => {
  center = await testCenter();
});
afterAll(() => center?.close());

/** Whether a request got as far as being judged; too long a head is answered 414 or 431 before. */
async function judged(path: string, headers: Record<string, string>): Promise<boolean> {
  const { status } = await fetch(`${center.url}${path}`, { headers });
  return [400, 401, 403].includes(status);
}

describe('a request at its longest', () => {
  it('of a workstation is taken: token, proof and address (ASVS 4.2.5)', async () => {
    expect(shownToken(`DPoP ${token}`)?.token).toBe(token);
    const path = `/v1/documents/${encodeURIComponent('é'.repeat(128))}`;
    const proof = dpopProof(signer, {
      ...{ jti: 'j'.repeat(64), htm: 'DELETE', htu: `https://${'h'.repeat(253)}:65535${path}`, iat: 9_999_999_999 },
      ...{ ath: 'a'.repeat(43), nonce: 'n'.repeat(40) },
    });
    expect(readDpop(proof)).not.toBeNull();
    const headers = { authorization: `DPoP ${token}`, dpop: proof };
    const entity = encodeURIComponent(`incident:${'i'.repeat(151)}`);
    const number = Number.MAX_SAFE_INTEGER;
    for (const address of [
      path,
      `/v1/sync/entity?ref=${entity}`,
      `/v1/sync/pull?epoch=${ID}&after=${number}&limit=${number}&afterHash=${'h'.repeat(43)}`,
    ])
      expect(await judged(address, headers), address).toBe(true);
  });

  it('of the center’s page is taken with all its cookies, each as long as browsers keep (ASVS 4.2.5)', async () => {
    const cookies = cookiesOf(true);
    const csrf = makeCsrf(random(32), random).issue(ID);
    const ticket = ticketText(
      { derived: () => random(32) },
      {
        ...{ org: ORG, issuer: `https://${'i'.repeat(504)}`, state: 's'.repeat(128), nonce: 'n'.repeat(43) },
        ...{ verifier: 'v'.repeat(128), anew: false, holder: { person: 'p'.repeat(36), session: 's'.repeat(36) } },
        before: { org: ORG, person: 'p'.repeat(36), session: 's'.repeat(36) },
      },
      random,
    );
    const held = [
      setCookie(cookies.access, token),
      setCookie(cookies.refresh, newRefreshToken(random)),
      setCookie(cookies.csrf, csrf),
      setCookie(cookies.ticket, ticket),
    ];
    for (const cookie of held) expect(cookie.length).toBeLessThan(COOKIE);
    const cookie = held.map((one) => one.split(';')[0]).join('; ');
    expect(await judged('/v1/me', { cookie, 'qd-csrf': csrf, 'qd-reason': 'r'.repeat(400) })).toBe(true);
  });
});
