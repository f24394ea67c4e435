/** The center's log over a real PostgreSQL, with an organisation of two sites in it. */
import { randomBytes } from 'node:crypto';
import type { TestDatabase } from '../../../testing/postgres.ts';
import { pgLog } from '../pg/log.ts';
import { readingOf } from '../reading.ts';
import type { LogUnderTest } from './log-bench.ts';
import { random, type SiteOfStation } from './station.ts';

export async function freshOn(database: TestDatabase): Promise<LogUnderTest> {
  const org = `o${randomBytes(4).toString('hex')}`;
  const { db, keys } = database;
  const inOrg = (text: string, values: unknown[]) => db.inOrgClient({ org }, (client) => client.query(text, values));
  await inOrg('insert into kernel.organisation (org, name, created_at) values ($1, $1, 1)', [org]);
  await keys.createOrganisation(org);
  const sites: SiteOfStation[] = [];
  for (const name of ['one', 'two']) {
    const site = `${org}-${name}`;
    await inOrg('insert into kernel.site (org, site, name, created_at) values ($1, $2, $2, 1)', [org, site]);
    await keys.createSite(org, site);
    const [siteKey] = await keys.siteKeys(org, site);
    if (siteKey) sites.push({ org, site, siteKey });
  }
  const tools = { keys, clock: Date.now, random };
  return {
    log: pgLog(db, tools),
    of: (reads) => pgLog(db, { ...tools, reading: readingOf(reads) }),
    org,
    sites: sites as [SiteOfStation, SiteOfStation],
    enrol: async (device) => {
      await inOrg(
        `insert into kernel.device (org, station, site, name, short, key, enrolled_at, revoked_at) values ($1, $2, $3, $2, 'A', $4, 1, $5)`,
        [org, device.station, device.site, device.key, device.revokedAt],
      );
    },
    hold: async (ref) => {
      await inOrg(
        `insert into kernel.legal_hold (org, id, entity, tbl, row_id, reason, placed_by, placed_at)
         values ($1, $2, $2, 'cad.incident', $2, 'a matter', 'ann', 1)`,
        [org, ref],
      );
    },
    admit: async (session, standing) => {
      await inOrg(
        'insert into kernel.standing (org, session, user_id, roles, valid_from, valid_until, station) values ($1, $2, $3, $4, $5, $6, $7)',
        [
          org,
          session,
          standing.user,
          standing.roles,
          standing.validFrom,
          standing.validUntil,
          standing.station ?? null,
        ],
      );
    },
  };
}
