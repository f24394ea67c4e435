/**
 * Proof that whoever shows a token holds the key it was bound to (RFC 9449): a JWT that the key signs anew for each call,
 * over its method, its address and the token.
 */

import { sha256 } from './digest.ts';
import { jsonOf } from './json-bytes.ts';
import { type Signer, signatureHolds } from './signing.ts';

const LONGEST = 2_048;

export interface DpopClaims {
  /** Names this proof; it is good once. */
  readonly jti: string;
  readonly htm: string;
  /** The address without query and fragment. */
  readonly htu: string;
  /** Seconds, by the clock of whoever signs. */
  readonly iat: number;
  /** Hash of the token it goes with; none where it goes with none. */
  readonly ath?: string;
  /** What the center said last that a proof has to hold. */
  readonly nonce?: string;
}

/** Thumbprint of an Ed25519 key (RFC 7638 with RFC 8037): what `cnf.jkt` of a token names. */
export function thumbprintOf(publicKey: string): string {
  return sha256(`{"crv":"Ed25519","kty":"OKP","x":"${publicKey}"}`);
}

/** `ath` of a proof: the access token that it goes with (RFC 9449, 4.2). */
export function tokenHash(token: string): string {
  return sha256(token);
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A signed proof of possession (RFC 9449, 4.2), as its header has it. */
export function dpopProof(signer: Signer, claims: DpopClaims): string {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: signer.publicKey };
  const text = `${part({ typ: 'dpop+jwt', alg: 'EdDSA', jwk })}.${part(claims)}`;
  return `${text}.${signer.sign(text)}`;
}

/** A proof whose signature holds, with the key that it holds under. */
export interface ReadDpop {
  readonly publicKey: string;
  readonly claims: DpopClaims;
}

/** Null for anything that is not a proof signed with Ed25519 by the key it names. Never throws. */
export function readDpop(proof: string): ReadDpop | null {
  if (proof.length > LONGEST) return null;
  const [head = '', body = '', signature = '', ...more] = proof.split('.');
  if (more.length > 0) return null;
  const publicKey = keyOf(head);
  const claims = publicKey === null ? null : claimsOf(body);
  if (publicKey === null || claims === null) return null;
  return signatureHolds(publicKey, `${head}.${body}`, signature) ? { publicKey, claims } : null;
}

function json(base64url: string): { readonly [name: string]: unknown } | null {
  const value = jsonOf(Buffer.from(base64url, 'base64url'));
  return typeof value === 'object' && value !== null ? (value as { readonly [name: string]: unknown }) : null;
}

function keyOf(head: string): string | null {
  const header = json(head);
  const jwk = header?.jwk as { readonly [name: string]: unknown } | null | undefined;
  if (header?.typ !== 'dpop+jwt' || header.alg !== 'EdDSA' || header.crit !== undefined) return null;
  const plain = jwk?.kty === 'OKP' && jwk.crv === 'Ed25519' && jwk.d === undefined;
  return plain && typeof jwk.x === 'string' && /^[\w-]{43}$/.test(jwk.x) ? jwk.x : null;
}

function claimsOf(body: string): DpopClaims | null {
  const claims = json(body);
  if (!claims) return null;
  const { jti, htm, htu, iat, ath, nonce } = claims;
  const text = (value: unknown): value is string => typeof value === 'string';
  if (!text(jti) || jti.length < 16 || jti.length > 64 || !text(htm) || !text(htu) || !Number.isInteger(iat))
    return null;
  if ((ath !== undefined && !text(ath)) || (nonce !== undefined && !text(nonce))) return null;
  return {
    jti,
    htm,
    htu,
    iat: iat as number,
    ...(ath === undefined ? {} : { ath }),
    ...(nonce === undefined ? {} : { nonce }),
  };
}
