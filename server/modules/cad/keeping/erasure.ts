/** Erasing an incident at the word of an administrator: its keys are destroyed here, and every station purges what they sealed. */
import { mayErase } from '#domain/cad/erasing.ts';
import { entityRef } from '#domain/kernel/ids.ts';
import { done, type Outcome } from '#domain/kernel/refusal.ts';
import type { Scope } from '../../../kernel/db/database.ts';
import { mustStandBeside } from '../../../kernel/identity/must-stand.ts';
import { eraseEntity } from '../../../kernel/intake/erase.ts';
import type { CenterContext } from '../../../kernel/part.ts';
import { holdsOn } from './holds.ts';
import { type MustBeAllowed, mustKnow } from './incident.ts';

/** What the fact and the list of destroyed keys say, in clear and for ever; the reason in words is the audit's. */
const BECAUSE = 'an administrator erased it';

/**
 * Refuses with `incident.unknown`, `incident.number`, `incident.open`, `incident.running`, `incident.held`. One that was erased
 * before is erased again: what was said of it since, by a workstation that had not heard of it, goes too.
 */
export async function eraseIncident(
  { log, keys, clock, random }: Pick<CenterContext, 'log' | 'keys' | 'clock' | 'random'>,
  { org, ...acting }: Scope,
  { incident, number }: { readonly incident: string; readonly number: string },
  mustBeAllowed: MustBeAllowed,
): Promise<Outcome<null>> {
  const { signer } = await keys.centerKeys(org);
  return log.intakeBeside<Outcome<null>>(
    org,
    async (tx, client) => {
      await mustStandBeside(client, acting);
      const found = await mustKnow(client, incident, mustBeAllowed);
      if (!found.ok) return found;
      const standing = (await holdsOn(client, incident)).filter(({ releasedAt }) => releasedAt === null);
      const may = mayErase({ ...found.value, holds: standing.length }, number);
      if (!may.ok) return may;
      await eraseEntity(tx, entityRef('incident', incident), BECAUSE, signer, { clock, random });
      return done(null);
    },
    acting,
  );
}
