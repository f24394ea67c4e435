/**
 * A center put back from a backup has forgotten the workstations that it let in since, and those that it revoked. Their site keeps
 * rosters that the center signed, and shows one: its own word stands again. Else nobody could bring what such a workstation wrote, for
 * the center would not know by whose key it is signed. docs/adr/0006.
 */
import { sql } from 'kysely';
import type { Clock, RandomBytes } from '#domain/kernel/ids.ts';
import { type Roster, rosterText } from '#domain/wire/sync.ts';
import { signatureHolds } from '#sealing/signing.ts';
import type { Database } from '../../db/database.ts';
import { newShort } from '../secrets.ts';
import { withdraw } from '../sessions/withdrawal.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import { STATIONS_PER_SITE } from './enrolment.ts';
import { type Forgotten, forgottenIn } from './forgotten.ts';
import { bumpRoster } from './roster.ts';

interface At {
  readonly org: string;
  readonly site: string;
  /** The workstation that shows it. */
  readonly station: string;
}

interface World {
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/**
 * Lets the workstations of a roster in again that this database does not know, and revokes those again that the roster says are,
 * where one of the center's own keys signed it for this very site. None is ever deleted, so one that is missing was forgotten; nothing
 * else of what is known is changed. Rosters go on past the one that is shown: workstations take no older one. True where something was
 * forgotten.
 */
export async function takeBackDevices(
  db: Database,
  publicKeys: readonly string[],
  at: At,
  roster: Roster | undefined,
  world: World,
): Promise<boolean> {
  if (!roster || roster.org !== at.org || roster.site !== at.site) return false;
  const { org, site, station: by } = at;
  return db.inOrg<IdentityTables, boolean>({ org, actor: `station:${by}`, device: by }, async (trx) => {
    if (isNothing(await forgottenOf(trx, site, roster))) return false;
    // Looked at only now: a center that has forgotten nothing is shown none.
    if (!publicKeys.some((key) => signatureHolds(key, rosterText(roster), roster.sig))) return false;
    await bumpRoster(trx, site, roster.version);
    const forgotten = await forgottenOf(trx, site, roster);
    const now = world.clock();
    const shorts = new Set(forgotten.shorts);
    for (const { station, name, key, address, revoked } of forgotten.devices) {
      let short = newShort(world.random);
      while (shorts.has(short)) short = newShort(world.random);
      shorts.add(short);
      await trx
        .insertInto('kernel.device')
        .values({
          ...{ org, station, site, name, short, key, lan_address: address },
          ...{ enrolled_at: now, revoked_at: revoked ? now : null },
        })
        .onConflict((on) => on.doNothing())
        .execute();
    }
    for (const station of forgotten.revocations) {
      await trx.updateTable('kernel.device').set({ revoked_at: now }).where('station', '=', station).execute();
      await withdraw(trx, { station }, now);
    }
    if (isNothing(forgotten)) return true;
    const after = {
      act: 'forgotten workstations taken back',
      let_in: forgotten.devices.map(({ station }) => station),
      revoked: forgotten.revocations,
    };
    await sql`select audit.note_act('act', 'kernel.device', ${by}, ${JSON.stringify(after)}::jsonb)`.execute(trx);
    return true;
  });
}

interface ForgottenHere extends Omit<Forgotten, 'missing'> {
  readonly devices: Roster['peers'];
  /** In use at the site. */
  readonly shorts: readonly string[];
}

const isNothing = ({ devices, revocations, isBehind }: ForgottenHere): boolean =>
  devices.length + revocations.length === 0 && !isBehind;

async function forgottenOf(trx: IdentityTx, site: string, roster: Roster): Promise<ForgottenHere> {
  const { roster_version: version } = await trx
    .selectFrom('kernel.site')
    .select('roster_version')
    .where('site', '=', site)
    .executeTakeFirstOrThrow();
  const rows = await trx
    .selectFrom('kernel.device')
    .select(['station', 'short', 'revoked_at'])
    .where('site', '=', site)
    .execute();
  const revoked = new Map(rows.map(({ station, revoked_at }) => [station, revoked_at !== null]));
  const { missing, ...said } = forgottenIn(roster, { version, revoked });
  return {
    ...said,
    devices: missing.slice(0, Math.max(0, STATIONS_PER_SITE - rows.length)),
    shorts: rows.map(({ short }) => short),
  };
}
