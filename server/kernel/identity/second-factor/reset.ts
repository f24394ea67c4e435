/** An administrator takes a person's second factors away, for whoever lost them all. */
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { actIn } from '../acts.ts';
import { mustStand } from '../must-stand.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import type { IdentityTables } from '../tables.ts';
import type { MustBeAllowed } from '../works-at.ts';

/**
 * Where a role of theirs asks for a factor, the next sign-in leads no further than to setting one up. What is open stays
 * open: ending sessions is a decision of its own, and a console in the middle of a call is no place for a surprise.
 */
export function resetFactors(
  ports: Pick<IdentityPorts, 'db'>,
  acting: Acting,
  org: string,
  person: string,
  mustBeAllowed: MustBeAllowed = () => undefined,
): Promise<Outcome<null>> {
  if (acting.actor === person) {
    return Promise.resolve(
      refused('second_factor.own', 'Somebody else has to reset yours; your own you change under My security.'),
    );
  }
  return ports.db.inOrg<IdentityTables, Outcome<null>>({ org, ...acting }, async (trx) => {
    const known = await trx
      .selectFrom('identity.person')
      .select(['site', 'agency'])
      .where('id', '=', person)
      .forUpdate()
      .executeTakeFirst();
    await mustStand(trx, acting);
    if (!known)
      return refused('person.unknown', 'This person is not known; look again in the list of people.', 'person');
    mustBeAllowed(known);
    await trx.deleteFrom('identity.totp').where('person', '=', person).execute();
    await trx.deleteFrom('identity.passkey').where('person', '=', person).execute();
    await trx.deleteFrom('identity.recovery_code').where('person', '=', person).execute();
    await actIn(trx, 'identity.person', person, { act: 'second factors reset' });
    return done(null);
  });
}
