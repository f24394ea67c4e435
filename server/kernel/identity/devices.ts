/** Workstations: enrolled once by a code, then known by their key; and the signed roster by which they know each other. */
import { decodeJwt, jwtVerify } from 'jose';
import { z } from 'zod';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { type EnrolInSchema, type EnrolOut, type Roster, rosterText } from '#domain/wire/sync.ts';
import type { Acting, IdentityPorts } from './ports.ts';
import { codeHash, newCode, newShort } from './secrets.ts';
import type { IdentityTables, IdentityTx } from './tables.ts';
import { deviceToken, publicJwk, type Token } from './tokens.ts';
import { withdraw } from './withdrawal.ts';

const CODE_LIFE_MS = 24 * 3_600_000;
/** A workstation's clock may be this far off: it learns the offset from the answer. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;
const ASSERTION_LIFE_S = 120;
const STATIONS_PER_SITE = 500;

/** Makes a one-time code that enrols one workstation of a site within 24 hours. It is shown once and kept as a hash. */
export async function issueEnrolmentCode(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  site: string,
): Promise<Outcome<{ readonly code: string; readonly expiresAt: number }>> {
  const code = newCode(ports.random);
  const now = ports.clock();
  const expiresAt = now + CODE_LIFE_MS;
  return ports.db.inOrg<IdentityTables, Outcome<{ code: string; expiresAt: number }>>(
    { org, ...acting },
    async (trx) => {
      const known = await trx.selectFrom('kernel.site').select('site').where('site', '=', site).executeTakeFirst();
      if (!known) return refused('site.unknown', 'This site is not known; make it first.', 'site');
      await trx
        .insertInto('identity.enrolment_code')
        .values({
          org,
          id: uuidV7(now, ports.random),
          site,
          hash: codeHash('enrol', code),
          made_by: acting.actor,
          made_at: now,
          expires_at: expiresAt,
        })
        .execute();
      return done({ code, expiresAt });
    },
  );
}

const CODE_REFUSED = refused(
  'enrol.code',
  'This code is not valid: it may be mistyped, used or expired. Ask for a new one.',
  'code',
);

/** Enrols a workstation. Unknown, used and expired codes get the same answer. */
export async function enrol(ports: IdentityPorts, input: z.infer<typeof EnrolInSchema>): Promise<Outcome<EnrolOut>> {
  const hash = codeHash('enrol', input.code);
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string; site: string }>('select org, site from identity.org_of_code($1)', [hash]),
  );
  const at = rows[0];
  if (!at) return CODE_REFUSED;
  const { org, site } = at;
  const station = uuidV7(ports.clock(), ports.random);
  const taken = await ports.db.inOrg<IdentityTables, Outcome<string>>(
    { org, actor: `station:${station}`, device: station },
    async (trx) => {
      const now = ports.clock();
      const code = await trx
        .updateTable('identity.enrolment_code')
        .set({ used_at: now, used_by_station: station })
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', now)
        .returning('id')
        .executeTakeFirst();
      if (!code) return CODE_REFUSED;
      await bumpRoster(trx, site);
      const held = await trx.selectFrom('kernel.device').select('short').where('site', '=', site).execute();
      if (held.length >= STATIONS_PER_SITE) {
        return refused(
          'site.full',
          `This site has had ${STATIONS_PER_SITE} workstations, revoked ones included, and can take no more.`,
        );
      }
      const shorts = new Set(held.map((device) => device.short));
      let short = newShort(ports.random);
      while (shorts.has(short)) short = newShort(ports.random);
      await trx
        .insertInto('kernel.device')
        .values({
          org,
          station,
          site,
          name: input.name,
          short,
          key: input.deviceKey,
          lan_address: input.lanAddress,
          enrolled_at: now,
        })
        .execute();
      return done(short);
    },
  );
  if (!taken.ok) return taken;
  ports.rosterChanged(org, site);
  const siteKeys = await ports.keys.siteKeys(org, site);
  return done({
    org,
    site,
    station,
    short: taken.value,
    siteKeys: siteKeys.map((key) => ({ id: key.id, key: Buffer.from(key.bytes).toString('base64url') })),
    roster: await signedRoster(ports, org, site),
  });
}

const DEVICE_REFUSED = refused(
  'device.refused',
  'This workstation is not known here or was revoked; enrol it again with a new code.',
);

const Assertion = z.object({
  iss: z.string(),
  sub: z.string(),
  jti: z.string().min(8).max(128),
  iat: z.int(),
  exp: z.int(),
});

function stationOf(assertion: string): string | null {
  try {
    return decodeJwt(assertion).iss ?? null;
  } catch {
    return null;
  }
}

/** A device token for an assertion that the device's key signed. Each assertion is good once. */
export async function tokenForDevice(ports: IdentityPorts, assertion: string): Promise<Outcome<Token>> {
  const station = stationOf(assertion);
  if (station === null) return DEVICE_REFUSED;
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string; site: string; key: string; revoked_at: number | null }>(
      'select org, site, key, revoked_at from kernel.device_of($1)',
      [station],
    ),
  );
  const device = rows[0];
  if (!device || device.revoked_at !== null) return DEVICE_REFUSED;
  const now = ports.clock();
  const claims = await claimsOf(assertion, station, device.key, now);
  if (!claims) return DEVICE_REFUSED;
  if (Math.abs(claims.iat * 1000 - now) > CLOCK_TOLERANCE_MS) {
    return refused('device.clock', 'The clock of this workstation is more than 15 minutes off; set it and try again.');
  }
  const fresh = await ports.db.inOrg<IdentityTables, boolean>({ org: device.org, device: station }, async (trx) => {
    await trx.deleteFrom('identity.used_assertion').where('expires_at', '<', now).execute();
    const kept = await trx
      .insertInto('identity.used_assertion')
      .values({
        org: device.org,
        station,
        jti: claims.jti,
        expires_at: claims.exp * 1000 + 2 * CLOCK_TOLERANCE_MS,
      })
      .onConflict((on) => on.columns(['org', 'station', 'jti']).doNothing())
      .returning('jti')
      .executeTakeFirst();
    return kept !== undefined;
  });
  if (!fresh) return DEVICE_REFUSED;
  const { signer } = await ports.keys.centerKeys(device.org);
  return done(deviceToken(signer, { org: device.org, site: device.site, station }, now));
}

async function claimsOf(
  assertion: string,
  station: string,
  key: string,
  now: number,
): Promise<z.infer<typeof Assertion> | null> {
  try {
    const { payload } = await jwtVerify(assertion, await publicJwk(key), {
      algorithms: ['EdDSA'],
      issuer: station,
      subject: station,
      audience: 'qd-center',
      currentDate: new Date(now),
      clockTolerance: CLOCK_TOLERANCE_MS / 1000 + ASSERTION_LIFE_S,
    });
    const claims = Assertion.parse(payload);
    return claims.exp > claims.iat && claims.exp - claims.iat <= ASSERTION_LIFE_S ? claims : null;
  } catch {
    return null;
  }
}

/** Revokes a workstation: its tokens and sessions end, its peers learn of it, what it signs from now on is contested. */
export async function revokeDevice(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  station: string,
): Promise<Outcome<null>> {
  const site = await ports.db.inOrg<IdentityTables, string | null>({ org, ...acting }, async (trx) => {
    const now = ports.clock();
    const device = await trx
      .updateTable('kernel.device')
      .set({ revoked_at: now })
      .where('station', '=', station)
      .where('revoked_at', 'is', null)
      .returning('site')
      .executeTakeFirst();
    if (!device) return null;
    await withdraw(trx, { station }, now);
    await bumpRoster(trx, device.site);
    return device.site;
  });
  if (site === null) {
    return refused('device.unknown', 'This workstation is not known or was revoked before.', 'station');
  }
  ports.rosterChanged(org, site);
  return done(null);
}

/** Also takes the row lock under which the devices of a site change one at a time. */
async function bumpRoster(trx: IdentityTx, site: string): Promise<void> {
  await trx
    .updateTable('kernel.site')
    .set((set) => ({ roster_version: set('roster_version', '+', 1) }))
    .where('site', '=', site)
    .execute();
}

/** The roster of a site as it is now, signed by the center. */
export async function signedRoster(
  ports: Pick<IdentityPorts, 'db' | 'keys'>,
  org: string,
  site: string,
): Promise<Roster> {
  const { signer, publicKeys } = await ports.keys.centerKeys(org);
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
