/** Workstations once they are approved: known by their key until they are revoked. */
import { decodeJwt } from 'jose';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { thumbprintOf } from '#sealing/dpop.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import { withdraw } from '../sessions/withdrawal.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import { CLOCK_TOLERANCE_MS, readAssertion, takenOnce } from '../tokens/assertions.ts';
import { deviceToken, type Token } from '../tokens/tokens.ts';
import { bumpRoster } from './roster.ts';

const DEVICE_REFUSED = refused(
  'device.refused',
  'This workstation is not known here or was revoked; enrol it again with a new code.',
);

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
  const claims = await readAssertion(assertion, station, device.key, now);
  if (!claims) return DEVICE_REFUSED;
  if (Math.abs(claims.iat * 1000 - now) > CLOCK_TOLERANCE_MS) {
    return refused('device.clock', 'The clock of this workstation is more than 15 minutes off; set it and try again.');
  }
  const fresh = await ports.db.inOrg<IdentityTables, boolean>({ org: device.org, device: station }, (trx) =>
    takenOnce(trx, device.org, station, claims, now),
  );
  if (!fresh) return DEVICE_REFUSED;
  const { signer } = await ports.keys.centerKeys(device.org);
  return done(deviceToken(signer, { org: device.org, site: device.site, station, jkt: thumbprintOf(device.key) }, now));
}

/**
 * Whether a workstation is not revoked; it stays so until this transaction ends, so that who revokes it waits, and then finds what
 * was begun at it.
 */
export async function isLetIn(trx: IdentityTx, station: string): Promise<boolean> {
  const row = await trx
    .selectFrom('kernel.device')
    .select('station')
    .where('station', '=', station)
    .where('revoked_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
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
