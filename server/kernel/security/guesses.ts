/** What workstations counted while the center was away: pauses after wrong passwords, raised once they are told of. */
import { sql } from 'kysely';
import type { Guessed } from '#domain/wire/sync.ts';
import type { CenterContext } from '../part.ts';
import { type RaisePorts, raise } from './events.ts';

interface At {
  readonly org: string;
  readonly site: string;
  readonly station: string;
}

/** Told again where an answer was lost, it changes nothing: an event counts on only by what is later. */
export async function raiseGuesses(
  ports: RaisePorts & Pick<CenterContext, 'db'>,
  { org, site, station }: At,
  guesses: readonly Guessed[],
): Promise<void> {
  if (guesses.length === 0) return;
  await ports.db.inOrg({ org, actor: `station:${station}`, device: station }, async (trx) => {
    for (const { login, tries, at, until } of guesses) {
      const { rows } = await sql<{ id: string }>`
        select id from identity.person where org = ${org} and login = ${login.toLowerCase()}`.execute(trx);
      // A name that nobody has is not written down: it may be a password typed in the wrong field.
      const subject = rows[0]?.id ?? `nobody at ${station}`;
      const evidence = { station, site, tries, until };
      // A workstation’s clock may be ahead; what it says is not later than now.
      const last = Math.min(at, ports.clock());
      await raise(ports, trx, org, { kind: 'guessing at a workstation', subject, at: last, evidence });
    }
  });
}
