/**
 * Enrolment: a one-time code lets a workstation ask, and somebody at the center who has compared its key's short code lets
 * it in. Until then it has no token, no key of the site and no place in the roster.
 */
import type { z } from 'zod';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { EnrolAnswer, EnrolInSchema, EnrolOut } from '#domain/wire/sync.ts';
import { compareCodeOf } from '#sealing/compare.ts';
import { mustStand } from '../must-stand.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import { codeHash, newCode } from '../secrets.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import { CLOCK_TOLERANCE_MS, readAssertion, takenOnce } from '../tokens/assertions.ts';
import { signedRoster } from './roster.ts';

const CODE_LIFE_MS = 24 * 3_600_000;
/** How long it may wait: another key with the same short code is not found so soon (sealing/compare.ts). */
const WAIT_MS = 8 * 3_600_000;
export const STATIONS_PER_SITE = 500;

/** Makes a one-time code by which one workstation of a site may ask within 24 hours. It is shown once and kept as a hash. */
export async function issueEnrolmentCode(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  site: string,
): Promise<Outcome<{ readonly code: string; readonly id: string; readonly expiresAt: number }>> {
  const code = newCode(ports.random);
  const now = ports.clock();
  const id = uuidV7(now, ports.random);
  const expiresAt = now + CODE_LIFE_MS;
  return ports.db.inOrg<IdentityTables, Outcome<{ code: string; id: string; expiresAt: number }>>(
    { org, ...acting },
    async (trx) => {
      await mustStand(trx, acting);
      const known = await trx.selectFrom('kernel.site').select('site').where('site', '=', site).executeTakeFirst();
      if (!known) return refused('site.unknown', 'This site is not known; make it first.', 'site');
      await trx
        .insertInto('identity.enrolment_code')
        .values({
          org,
          id,
          site,
          hash: codeHash('enrol', code),
          made_by: acting.actor,
          made_at: now,
          expires_at: expiresAt,
        })
        .execute();
      return done({ code, id, expiresAt });
    },
  );
}

const CODE_REFUSED = refused(
  'enrol.code',
  'This code is not valid: it may be mistyped, used or expired. Ask for a new one.',
  'code',
);
const NOT_PROVEN = refused(
  'enrol.proof',
  'The device key did not sign this, or its clock is more than 15 minutes off.',
);
const NOT_LET_IN = refused(
  'enrol.not_approved',
  'An administrator refused this workstation, or nobody approved it in time; ask for a new code.',
);

/**
 * Asks to be let in, and again until somebody decided: the same code with the same key is the same question. Unknown, used
 * and expired codes get the same answer. `from`: the address it asks from.
 */
export async function enrol(
  ports: IdentityPorts,
  input: z.infer<typeof EnrolInSchema>,
  from: string,
): Promise<Outcome<EnrolAnswer>> {
  const { deviceKey } = input;
  const claims = await readAssertion(input.proof, deviceKey, deviceKey, ports.clock());
  if (!claims || Math.abs(claims.iat * 1000 - ports.clock()) > CLOCK_TOLERANCE_MS) return NOT_PROVEN;
  const hash = codeHash('enrol', input.code);
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string; site: string }>('select org, site from identity.org_of_code($1)', [hash]),
  );
  const at = rows[0];
  if (!at) return CODE_REFUSED;
  const { org, site } = at;
  const asked = await ports.db.inOrg<IdentityTables, Outcome<Asked>>({ org }, async (trx) => {
    if (!(await takenOnce(trx, org, deviceKey, claims, ports.clock()))) return NOT_PROVEN;
    return askedBy(ports, trx, { org, site, hash, from, input });
  });
  if (!asked.ok) return asked;
  const { station, compare, decision, expiresAt } = asked.value;
  if (decision === 'approved') return letIn(ports, org, site, station, deviceKey);
  const over = decision === 'refused' || expiresAt <= ports.clock();
  return over ? NOT_LET_IN : done({ state: 'waiting', compare, expiresAt });
}

interface Asked {
  readonly station: string;
  readonly compare: string;
  readonly decision: 'approved' | 'refused' | null;
  readonly expiresAt: number;
}

interface Asking {
  readonly org: string;
  readonly site: string;
  readonly hash: string;
  readonly from: string;
  readonly input: z.infer<typeof EnrolInSchema>;
}

/** The question that stands for this code, or the one that it is asked with now. */
async function askedBy(ports: IdentityPorts, trx: IdentityTx, asking: Asking): Promise<Outcome<Asked>> {
  const { org, site, hash, from, input } = asking;
  const now = ports.clock();
  const code = await trx
    .selectFrom('identity.enrolment_code')
    .select(['id', 'used_at', 'expires_at'])
    .where('hash', '=', hash)
    .forUpdate()
    .executeTakeFirst();
  if (!code) return CODE_REFUSED;
  const held = await trx.selectFrom('identity.enrolment').selectAll().where('code', '=', code.id).executeTakeFirst();
  if (held) {
    if (held.key !== input.deviceKey) return CODE_REFUSED;
    return done({ station: held.id, compare: held.compare, decision: held.decision, expiresAt: held.expires_at });
  }
  if (code.used_at !== null || code.expires_at <= now) return CODE_REFUSED;
  const station = uuidV7(now, ports.random);
  const expiresAt = now + WAIT_MS;
  const compare = await compareCodeOf(input.deviceKey);
  await trx
    .updateTable('identity.enrolment_code')
    .set({ used_at: now, used_by_station: station })
    .where('id', '=', code.id)
    .execute();
  await trx
    .insertInto('identity.enrolment')
    .values({
      org,
      id: station,
      site,
      code: code.id,
      name: input.name,
      key: input.deviceKey,
      compare,
      lan_address: input.lanAddress,
      asked_from: from,
      asked_at: now,
      expires_at: expiresAt,
    })
    .execute();
  return done({ station, compare, decision: null, expiresAt });
}

async function letIn(
  ports: IdentityPorts,
  org: string,
  site: string,
  station: string,
  key: string,
): Promise<Outcome<EnrolAnswer>> {
  const device = await ports.db.inOrg<IdentityTables, { short: string } | undefined>({ org }, (trx) =>
    trx
      .selectFrom('kernel.device')
      .select('short')
      .where('station', '=', station)
      .where('key', '=', key)
      .where('revoked_at', 'is', null)
      .executeTakeFirst(),
  );
  if (!device) return NOT_LET_IN;
  const siteKeys = await ports.keys.siteKeys(org, site);
  const out: EnrolOut = {
    org,
    site,
    station,
    short: device.short,
    siteKeys: siteKeys.map(({ id, bytes }) => ({ id, key: Buffer.from(bytes).toString('base64url') })),
    roster: await signedRoster(ports, org, site),
  };
  return done({ state: 'enrolled', ...out });
}
