/** Which calls may be made from a seat as it is: nobody signed in, locked, or at work. */
import type { CallName, Me } from '../../domain/bridge/calls.ts';
import { refused } from '../../domain/kernel/refusal.ts';

const ALWAYS: ReadonlySet<CallName> = new Set(['session.sign_in', 'session.sign_out', 'network.returned']);
const LOCKED: ReadonlySet<CallName> = new Set([
  'session.unlock',
  'session.lock',
  'session.active',
  'presence.editing',
  'draft.save',
  'layout.save',
  'window.token',
]);

/** Why a call may not be made now, or null. Drafts may still be saved behind a lock: what was typed is never lost. */
export function closedTo(name: CallName, me: Me | null): ReturnType<typeof refused> | null {
  if (ALWAYS.has(name)) return null;
  if (!me) return refused('session.needed', 'Nobody is signed in here: sign in.');
  if (me.locked && !LOCKED.has(name))
    return refused('session.locked', 'This console is locked: unlock it with your password.');
  return null;
}
