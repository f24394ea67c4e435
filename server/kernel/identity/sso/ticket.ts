/**
 * What a browser carries while its person is at the provider: sealed, so that the center keeps nothing of visitors, and so
 * that a sign-in begun in one browser is finished in that one alone.
 */
import { z } from 'zod';
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { seal, unseal } from '#sealing/cipher.ts';
import type { KeyRing } from '../../keys/ring.ts';

const TicketSchema = z.strictObject({
  org: z.string(),
  issuer: z.string(),
  state: z.string(),
  nonce: z.string(),
  /** Of PKCE (RFC 7636). */
  verifier: z.string(),
  /** The provider has to ask for its own proof again. */
  anew: z.boolean(),
  /** Who was signed in as it began, and had just shown who they are, to be linked; null in an ordinary sign-in. */
  holder: z.strictObject({ person: z.string(), session: z.string() }).nullable(),
  /** The session that the browser was signed in with as it began: over, once another takes its place. Null where there was none. */
  before: z.strictObject({ org: z.string(), person: z.string(), session: z.string() }).nullable(),
});
export type Ticket = z.infer<typeof TicketSchema>;

const CONTEXT = 'qd.sso_ticket.3';
type Keys = Pick<KeyRing, 'derived'>;

/** Sealed, so that a browser can carry it and read nothing of it. */
export function ticketText(keys: Keys, ticket: Ticket, random: RandomBytes): string {
  const key = keys.derived('single sign-on tickets');
  return seal(key, Buffer.from(JSON.stringify(ticket), 'utf8'), CONTEXT, random).toString('base64url');
}

/** Null where it is none of this center's. */
export function readTicket(keys: Keys, text: string): Ticket | null {
  const opened = unseal(keys.derived('single sign-on tickets'), Buffer.from(text, 'base64url'), CONTEXT);
  return opened ? TicketSchema.parse(JSON.parse(opened.toString('utf8'))) : null;
}
