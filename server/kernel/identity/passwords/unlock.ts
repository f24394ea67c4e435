/** Lifting a pause that wrong passwords brought about. */
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { actIn } from '../acts.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import type { IdentityTables } from '../tables.ts';
import { forgetAttempts } from './attempts.ts';

/** At consoles and without one. A person who is not paused may be unlocked all the same; both are audited. */
export function unlockPerson(
  ports: Pick<IdentityPorts, 'db'>,
  acting: Acting,
  org: string,
  person: string,
): Promise<Outcome<null>> {
  return ports.db.inOrg<IdentityTables, Outcome<null>>({ org, ...acting }, async (trx) => {
    const held = await trx.selectFrom('identity.person').select('login').where('id', '=', person).executeTakeFirst();
    if (!held)
      return refused('person.unknown', 'This person is not known; look again in the list of people.', 'person');
    await forgetAttempts(trx, held.login, ['station', 'api']);
    await actIn(trx, 'identity.person', person, { act: 'sign-in pause lifted' });
    return done(null);
  });
}
