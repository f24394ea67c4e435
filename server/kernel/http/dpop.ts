/**
 * Whether whoever shows a token holds the key it is bound to (RFC 9449). A proof carries a nonce of this center, so its age
 * is judged by the center's clock alone and a workstation's may be as wrong as it likes; each proof is taken once.
 */
import { createHmac } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '#domain/kernel/ids.ts';
import { readDpop, thumbprintOf, tokenHash } from '#sealing/dpop.ts';
import type { Network } from './network.ts';

/** A nonce is handed out for so long, and good for as long again and once more. */
const EPOCH_MS = 120_000;
const EPOCHS = 3;
/**
 * Proofs of one key remembered in one epoch: more than any workstation's budgets let it ask in that time. Counted by key,
 * so that one that shows proofs without end shuts out nobody but itself.
 */
const MOST = 100_000;

/** May be asked of something that all nodes of a center share. */
export interface SeenProofs {
  /** Whether this proof of the key was not shown before. */
  readonly first: (key: string, proof: string, forMs: number) => boolean | Promise<boolean>;
}

export interface Shown {
  readonly proof: unknown;
  readonly method: string;
  /** Path as it was asked for, without the query. */
  readonly path: string;
  /** Value of the Host header, or what a trusted proxy says of it. */
  readonly host: string;
  readonly token: string;
  /** Thumbprint that the token is bound to. */
  readonly jkt: string;
}

/** `stale`: everything is right but the nonce; with the one handed out now it will be good. */
export type Judged = 'good' | 'stale' | 'bad';

export interface Dpop {
  readonly judge: (shown: Shown) => Promise<Judged>;
  readonly nonce: () => string;
}

export interface DpopOptions {
  /** Nodes that share what they have seen share the key; a node that remembers alone has one of its own. */
  readonly key: Uint8Array;
  readonly seen: SeenProofs;
  readonly clock: Clock;
  readonly network: Pick<Network, 'publicOrigins'>;
}

export function makeDpop({ key, seen, clock, network }: DpopOptions): Dpop {
  const nonceOf = (epoch: number): string => {
    const mac = createHmac('sha256', key).update(`qd.dpop.1|${epoch}`).digest('base64url');
    return `${epoch.toString(36)}.${mac.slice(0, 22)}`;
  };
  let held: { readonly epoch: number; readonly nonces: readonly string[] } | null = null;
  /** The one handed out now first, then those that are still good. */
  const nonces = (): readonly string[] => {
    const epoch = Math.floor(clock() / EPOCH_MS);
    if (held?.epoch !== epoch) {
      held = { epoch, nonces: Array.from({ length: EPOCHS }, (_, back) => nonceOf(epoch - back)) };
    }
    return held.nonces;
  };
  const isOurs = (htu: string, path: string, host: string): boolean => {
    const url = URL.canParse(htu) ? new URL(htu) : null;
    if (url === null || url.pathname !== path) return false;
    return network.publicOrigins.length === 0 ? url.host === host : network.publicOrigins.includes(url.origin);
  };
  return {
    nonce: () => nonces()[0] as string,
    judge: async ({ proof, method, path, host, token, jkt }) => {
      const read = typeof proof === 'string' ? readDpop(proof) : null;
      if (read === null || thumbprintOf(read.publicKey) !== jkt) return 'bad';
      const { htm, htu, ath, nonce, jti } = read.claims;
      if (htm !== method || ath !== tokenHash(token) || !isOurs(htu, path, host)) return 'bad';
      if (nonce === undefined || !nonces().includes(nonce)) return 'stale';
      return (await seen.first(jkt, jti, EPOCHS * EPOCH_MS)) ? 'good' : 'bad';
    },
  };
}

/** What this process alone has seen. */
export function seenHere(clock: Clock): SeenProofs {
  const epochs = new Map<number, Map<string, Set<string>>>();
  return {
    first: (key, proof, forMs) => {
      const now = Math.floor(clock() / EPOCH_MS);
      const kept = Math.ceil(forMs / EPOCH_MS);
      for (const epoch of epochs.keys()) if (epoch < now - kept) epochs.delete(epoch);
      for (const keys of epochs.values()) if (keys.get(key)?.has(proof)) return false;
      const keys = epochs.get(now) ?? new Map<string, Set<string>>();
      epochs.set(now, keys);
      const proofs = keys.get(key) ?? new Set();
      keys.set(key, proofs);
      // Full: what is not remembered could be shown twice, so nothing more of this key is taken until the epoch is over.
      if (proofs.size >= MOST) return false;
      proofs.add(proof);
      return true;
    },
  };
}

/** What all nodes have seen, in Redis; while it is away, what this one has. */
export function seenTogether(redis: Redis, here: SeenProofs): SeenProofs {
  return {
    first: async (key, proof, forMs) => {
      if (!(await here.first(key, proof, forMs))) return false;
      const kept = redis.set(`qd:proof:${key}.${proof}`, '1', 'PX', forMs, 'NX');
      return kept.then(
        (said) => said === 'OK',
        () => true,
      );
    },
  };
}
