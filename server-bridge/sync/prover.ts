/**
 * Proves to the center, with every call, that this station holds the key that its tokens are bound to (RFC 9449). A token
 * that was copied from here is of no use elsewhere.
 */
import type { Clock, RandomBytes } from '../../domain/kernel/ids.ts';
import { dpopProof, tokenHash } from '../../sealing/dpop.ts';
import type { Signer } from '../../sealing/signing.ts';

export interface Prover {
  /** A proof for one call; `token` null where it goes with none. */
  readonly proof: (method: string, address: URL, token: string | null) => string;
  /** Takes the nonce that an answer brought, if it brought one. */
  readonly heard: (nonce: unknown) => void;
}

export function createProver(signer: Signer, clock: Clock, random: RandomBytes): Prover {
  let nonce: string | null = null;
  let hashed: { readonly token: string; readonly ath: string } | null = null;
  return {
    proof: (htm, address, token) => {
      if (token !== null && hashed?.token !== token) hashed = { token, ath: tokenHash(token) };
      return dpopProof(signer, {
        jti: Buffer.from(random(16)).toString('base64url'),
        htm,
        htu: `${address.origin}${address.pathname}`,
        iat: Math.floor(clock() / 1000),
        ...(token === null || hashed === null ? {} : { ath: hashed.ath }),
        ...(nonce === null ? {} : { nonce }),
      });
    },
    heard: (said) => {
      if (typeof said === 'string' && said.length <= 128) nonce = said;
    },
  };
}
