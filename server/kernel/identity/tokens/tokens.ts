/** Bearer tokens: JWTs signed with the organisation's key (EdDSA), 15 minutes long, verified with jose. */
import { decodeJwt, decodeProtectedHeader, importJWK, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Role, RoleSchema } from '#domain/kernel/permission.ts';
import type { Signer } from '#sealing/signing.ts';
import type { Proof } from '../../http/auth.ts';

const TOKEN_LIFE_MS = 15 * 60_000;
const ISSUER = 'qd-center';
const DEVICE = 'qd-device';
const USER = 'qd-user';

/** At which station something is asked. */
export type AtStation = Omit<DeviceBearer, 'jkt'>;
/** A station, by its device token. */
export interface DeviceBearer {
  readonly kind: 'device';
  readonly org: string;
  readonly site: string;
  readonly station: string;
  /** Thumbprint of the device key that has to prove it. */
  readonly jkt: string;
}
/** A person, by an access token; `station` and `site` null for a session of the API. */
export interface UserBearer {
  readonly kind: 'user';
  readonly org: string;
  readonly user: string;
  readonly session: string;
  readonly roles: readonly Role[];
  readonly site: string | null;
  readonly station: string | null;
  /** How it must be shown. */
  readonly proof: Proof;
  /** How the session was opened when the token was issued (RFC 8176). */
  readonly amr: readonly string[];
  /** With `dpop`: the thumbprint of the key that has to prove it. */
  readonly jkt: string | null;
}
export type Bearer = DeviceBearer | UserBearer;

/** RFC 9449, 6.1: the key that a token is bound to. */
const Confirmation = z.object({ jkt: z.string() });
const DeviceClaims = z.object({ org: z.string(), site: z.string(), sub: z.string(), cnf: Confirmation });
const UserClaims = z.object({
  org: z.string(),
  sub: z.string(),
  sid: z.string(),
  roles: z.array(RoleSchema),
  site: z.string().nullable(),
  station: z.string().nullable(),
  proof: z.enum(['bearer', 'dpop', 'cookie']),
  amr: z.array(z.string()).default([]),
  cnf: Confirmation.optional(),
});

function compact(signer: Signer, payload: JWTPayload): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'EdDSA', typ: 'JWT', kid: signer.publicKey })}.${part(payload)}`;
  return `${text}.${signer.sign(text)}`;
}

export interface Token {
  readonly token: string;
  /** ms UTC. */
  readonly expiresAt: number;
}

function issue(signer: Signer, audience: string, claims: JWTPayload, now: number): Token {
  const iat = Math.floor(now / 1000);
  const exp = iat + TOKEN_LIFE_MS / 1000;
  return { token: compact(signer, { iss: ISSUER, aud: audience, iat, exp, ...claims }), expiresAt: exp * 1000 };
}

/** A workstation's, bound to its key. `now` in ms UTC. */
export function deviceToken(signer: Signer, of: Omit<DeviceBearer, 'kind'>, now: number): Token {
  return issue(signer, DEVICE, { sub: of.station, org: of.org, site: of.site, cnf: { jkt: of.jkt } }, now);
}

/** A person's, bound to a key where their session is. `now` in ms UTC. */
export function accessToken(signer: Signer, of: Omit<UserBearer, 'kind'>, now: number): Token {
  const { user: sub, session: sid, org, roles, site, station, proof, amr, jkt } = of;
  const bound = jkt === null ? {} : { cnf: { jkt } };
  const claims = { sub, sid, org, roles, site, station, proof, amr, ...bound };
  return issue(signer, USER, claims as unknown as JWTPayload, now);
}

/** The organisation a token says it is of, and the key that signed it, unverified; null where it says none. */
function saidBy(token: string): { readonly org: string; readonly kid: string } | null {
  try {
    const { org } = decodeJwt(token);
    const { kid } = decodeProtectedHeader(token);
    return typeof org === 'string' && org.length <= 128 && typeof kid === 'string' ? { org, kid } : null;
  } catch {
    return null;
  }
}

export async function publicJwk(publicKey: string): Promise<Awaited<ReturnType<typeof importJWK>>> {
  return importJWK({ kty: 'OKP', crv: 'Ed25519', x: publicKey }, 'EdDSA');
}

/**
 * Who a bearer token speaks for, or null where it is not one of this center's, was tampered with or has expired. Whether
 * the device or session still stands is not in the token: see bearers.ts. Rejects where the keys cannot be told, as while the
 * database is away: that says nothing of the token.
 */
export async function readToken(
  token: string,
  publicKeys: (org: string) => Promise<readonly string[]>,
  now: number,
): Promise<Bearer | null> {
  const said = token.length > 4_000 ? null : saidBy(token);
  if (said === null) return null;
  const { org, kid } = said;
  if (!(await publicKeys(org)).includes(kid)) return null;
  try {
    const { payload } = await jwtVerify(token, await publicJwk(kid), {
      algorithms: ['EdDSA'],
      issuer: ISSUER,
      audience: [DEVICE, USER],
      requiredClaims: ['sub', 'exp', 'org'],
      currentDate: new Date(now),
    });
    if (payload.aud === DEVICE) {
      const { sub, site, cnf } = DeviceClaims.parse(payload);
      return { kind: 'device', org, site, station: sub, jkt: cnf.jkt };
    }
    const { sub, sid, roles, site, station, proof, amr, cnf } = UserClaims.parse(payload);
    const jkt = cnf?.jkt ?? null;
    return { kind: 'user', org, user: sub, session: sid, roles, site, station, proof, amr, jkt };
  } catch {
    return null;
  }
}
