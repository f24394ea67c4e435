/** What identity gives to the doors: who a bearer token speaks for, as long as that still stands. */
import { mfaRequirement } from '#domain/identity/policy.ts';
import type { AuthenticatedDevice, Bearers } from '../http/auth.ts';
import { storedPolicy } from './policy/policy.ts';
import type { IdentityPorts } from './ports.ts';
import { secondFactorOf } from './second-factor/held.ts';
import type { IdentityTables } from './tables.ts';
import { readToken } from './tokens/tokens.ts';

interface Standing {
  readonly proven_at: number | null;
  readonly started_at: number;
  readonly agency: string | null;
  readonly amr: string[];
  readonly policy: unknown;
}

/**
 * A token alone says who somebody was when it was issued; a workstation revoked, or a session ended or over since then, is
 * asked of the database at each call, so that no token outlives it.
 */
export function makeBearers(ports: Pick<IdentityPorts, 'db' | 'keys' | 'clock'>): Bearers {
  const publicKeys = async (org: string): Promise<readonly string[]> => {
    const { rows } = await ports.db.pool.query<{ org: string }>(
      'select org from kernel.organisations() org where org = $1',
      [org],
    );
    return rows.length === 0 ? [] : (await ports.keys.centerKeys(org)).publicKeys;
  };
  const read = (token: string): ReturnType<typeof readToken> => readToken(token, publicKeys, ports.clock());
  const stands = async ({ org, site, station }: AuthenticatedDevice): Promise<boolean> => {
    const { rows } = await ports.db.pool.query<{ site: string }>(
      'select site from kernel.device_of($1) where org = $2 and revoked_at is null',
      [station, org],
    );
    return rows[0]?.site === site;
  };
  return {
    stands,
    deviceOf: async (token) => {
      const bearer = await read(token);
      return bearer?.kind === 'device' && (await stands(bearer)) ? bearer : null;
    },
    userOf: async (token) => {
      const bearer = await read(token);
      if (bearer?.kind !== 'user') return null;
      const held = await ports.db.inOrg<IdentityTables, Standing | undefined>({ org: bearer.org }, (trx) =>
        trx
          .selectFrom('identity.session as s')
          .innerJoin('identity.person as p', 'p.id', 's.person')
          .leftJoin('identity.policy as o', 'o.org', 's.org')
          .select(['s.proven_at', 's.started_at', 's.amr', 'p.agency', 'o.body as policy'])
          .where('s.id', '=', bearer.session)
          .where('s.person', '=', bearer.user)
          .where('s.ended_at', 'is', null)
          .where('s.expires_at', '>', ports.clock())
          .executeTakeFirst(),
      );
      if (!held) return null;
      const { org, site, user, session, station, roles, proof, jkt } = bearer;
      const provenAt = held.proven_at ?? held.started_at;
      const { agency } = held;
      const required = mfaRequirement(storedPolicy(held.policy), roles) === 'required';
      const secondFactor = secondFactorOf(required, held.amr);
      return { kind: 'user', org, site, agency, user, session, station, roles, provenAt, secondFactor, proof, jkt };
    },
  };
}
