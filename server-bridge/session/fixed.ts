/** Sessions where somebody is always signed in: for a program that works the board by itself (replay, simulation). */
import type { Me } from '../../domain/bridge/calls.ts';
import { done } from '../../domain/kernel/refusal.ts';
import type { Sessions } from './port.ts';

export function fixedSessions(me: Me): Sessions {
  const answer = async () => done(me);
  const nothing = (): void => undefined;
  return {
    me: () => me,
    author: () => ({ position: me.position, session: me.session, by: me.user }),
    accessToken: () => null,
    signIn: answer,
    signOut: nothing,
    lock: nothing,
    active: nothing,
    unlock: answer,
    ended: nothing,
    reached: nothing,
    onChange: () => nothing,
    close: nothing,
  };
}
