/** What a call leaves in the audit: who, from which workstation, in which session, under which request, and why. */
import type { Scope } from '../db/database.ts';
import type { Caller } from './auth.ts';
import { Problem } from './problem.ts';

/** A sentence of whoever asks, percent-encoded UTF-8, in the header of this name. It is written into the audit as it is. */
export const REASON_HEADER = 'qd-reason';
const LONGEST_REASON = 500;

/** The scope of a transaction that a caller's request runs. */
export function scopeOf(caller: Caller, request: string, reason: string | null): Scope & { readonly actor: string } {
  const { org } = caller;
  return caller.kind === 'device'
    ? { org, actor: `station:${caller.station}`, device: caller.station, request, reason }
    : { org, actor: caller.user, session: caller.session, device: caller.station, request, reason };
}

/** The reason a header gives, null for none. Throws Problem `reason.invalid`. */
export function reasonOf(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  const text = typeof header === 'string' ? decoded(header) : null;
  if (text === null || text.length > LONGEST_REASON) {
    throw new Problem(
      400,
      'reason.invalid',
      `Send the reason once, percent-encoded, in ${LONGEST_REASON} characters at most.`,
      { field: REASON_HEADER },
    );
  }
  return text === '' ? null : text;
}

function decoded(header: string): string | null {
  try {
    return decodeURIComponent(header).trim();
  } catch {
    return null;
  }
}
