/** The signed roster by which the workstations of a site know each other. */
import { sql } from 'kysely';
import { type Roster, rosterText } from '#domain/wire/sync.ts';
import type { IdentityPorts } from '../ports.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';

/** Also takes the row lock under which the devices of a site change one at a time. `past`: a version that there was of it. */
export async function bumpRoster(trx: IdentityTx, site: string, past = 0): Promise<void> {
  await trx
    .updateTable('kernel.site')
    .set({ roster_version: sql<number>`greatest(roster_version, ${past}) + 1` })
    .where('site', '=', site)
    .execute();
}

/** The roster of a site as it is now, signed by the center with a key that whoever asks knows. `known`: ids of keys that they do. */
export async function signedRoster(
  ports: Pick<IdentityPorts, 'db' | 'keys'>,
  org: string,
  site: string,
  known: readonly string[] = [],
): Promise<Roster> {
  const { publicKeys } = await ports.keys.centerKeys(org);
  const signer = await ports.keys.signerKnownTo(org, known);
  const { version, devices } = await ports.db.inOrg<
    IdentityTables,
    {
      version: number;
      devices: { station: string; name: string; key: string; lan_address: string; revoked_at: number | null }[];
    }
  >({ org }, async (trx) => {
    const row = await trx
      .selectFrom('kernel.site')
      .select('roster_version')
      .where('site', '=', site)
      .forShare()
      .executeTakeFirstOrThrow();
    const devices = await trx
      .selectFrom('kernel.device')
      .select(['station', 'name', 'key', 'lan_address', 'revoked_at'])
      .where('site', '=', site)
      .orderBy('station')
      .execute();
    return { version: row.roster_version, devices };
  });
  const roster = {
    org,
    site,
    version,
    centerKeys: [...publicKeys],
    peers: devices.map((device) => ({
      station: device.station,
      name: device.name,
      key: device.key,
      address: device.lan_address,
      revoked: device.revoked_at !== null,
    })),
  };
  return { ...roster, sig: signer.sign(rosterText(roster)) };
}
