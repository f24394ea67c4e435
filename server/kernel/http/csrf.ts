/**
 * The token against forged calls: signed double submit (OWASP CSRF Prevention). A page of the center's own reads it from its
 * cookie and sends it in a header; a page of somebody else can neither read it nor make one for the session.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '#domain/kernel/ids.ts';

export const CSRF_HEADER = 'qd-csrf';

export interface Csrf {
  readonly issue: (session: string) => string;
  /** Whether header and cookie are the same token, made here for this session. */
  readonly holds: (session: string, header: unknown, cookie: string | null) => boolean;
}

/** `key`: the same at every node of a center. */
export function makeCsrf(key: Uint8Array, random: RandomBytes): Csrf {
  const tokenOf = (session: string, nonce: string): string => {
    const mac = createHmac('sha256', key).update(`qd.csrf.1|${session.length}|${session}|${nonce}`).digest('base64url');
    return `${nonce}.${mac}`;
  };
  return {
    issue: (session) => tokenOf(session, Buffer.from(random(16)).toString('base64url')),
    holds: (session, header, cookie) => {
      if (typeof header !== 'string' || cookie === null || header.length > 128) return false;
      const [nonce = ''] = header.split('.');
      return equal(header, cookie) && equal(header, tokenOf(session, nonce));
    },
  };
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
