/** Who may sign in at the center of a run, and what stands of it after a restore: the shipped rule over maps. */
import { type Grant, grantText } from '../../domain/wire/sync.ts';
import { signatureHolds } from '../../sealing/signing.ts';
import { type Known, standingsOf } from '../../server/kernel/identity/grants/grant-standings.ts';
import type { Standing } from '../../server/kernel/intake/port.ts';
import type { CenterKeys } from '../../server/kernel/keys/ring.ts';
import type { Chance } from './chance.ts';
import { ORG, SITE, type Site } from './roster.ts';

export interface AccountsBackup {
  readonly standings: ReadonlyMap<string, Standing>;
  readonly people: ReadonlyMap<string, Known>;
}

export interface Accounts {
  readonly standing: (session: string) => Standing | undefined;
  /** Signs one of the five's person in at a workstation; null where their right has been withdrawn. */
  readonly signIn: (station: string, whose: string) => Grant | null;
  /** What a station shows of the center's signature stands again where it was forgotten. */
  readonly takeBack: (grants: readonly Grant[]) => void;
  /** What the station's person writes from here on is contested, until they are allowed again and sign in anew. */
  readonly withdraw: (station: string) => void;
  readonly allow: (station: string) => void;
  /** All that was begun at a workstation ends. */
  readonly endAt: (station: string) => void;
  readonly backup: () => AccountsBackup;
  readonly restore: (backup: AccountsBackup) => void;
  /** Whether what was written then had the right, whatever the center remembers of it. ms UTC */
  readonly entitled: (session: string, at: number) => boolean;
  /** Whether a sign-in was over by itself then. ms UTC */
  readonly lapsed: (session: string, at: number) => boolean;
}

/** `grantMs`: how long a sign-in lasts. */
export function createAccounts(
  site: Pick<Site, 'me'>,
  keys: () => CenterKeys,
  clock: () => number,
  chance: Chance,
  grantMs: number,
): Accounts {
  let standings = new Map<string, Standing>();
  let people = new Map<string, Known>();
  /** Every right there ever was, and when it ended. */
  const rights = new Map<
    string,
    { readonly user: string; readonly station: string; readonly from: number; readonly end: number; until: number }
  >();
  const ended = new Set<string>();
  const id = (): string => Buffer.from(chance.bytes(9)).toString('base64url');

  const changed = (user: string, active: boolean): void => {
    const withdrawnAt = active ? (people.get(user)?.withdrawn_at ?? null) : clock();
    people.set(user, { id: user, active, withdrawn_at: withdrawnAt });
  };

  return {
    standing: (session) => standings.get(session),
    signIn: (station, whose) => {
      const me = site.me(whose);
      if (ended.has(me.user)) return null;
      if (!people.has(me.user)) changed(me.user, true);
      const now = clock();
      const unsigned = {
        ...{ id: id(), org: ORG, site: SITE, station, session: id(), user: me.user, login: me.login, name: me.name },
        ...{ roles: [...me.roles], issuedAt: now, expiresAt: now + grantMs },
      };
      for (const session of [unsigned.session, unsigned.id]) {
        standings.set(session, { user: me.user, roles: me.roles, validFrom: now, validUntil: now + grantMs, station });
        rights.set(session, { user: me.user, station, from: now, end: now + grantMs, until: now + grantMs });
      }
      return { ...unsigned, sig: keys().signer.sign(grantText(unsigned)) };
    },
    takeBack: (grants) => {
      const lost = grants.filter(
        (grant) =>
          !(standings.has(grant.id) && standings.has(grant.session)) &&
          keys().publicKeys.some((key) => signatureHolds(key, grantText(grant), grant.sig)),
      );
      for (const { session, user_id: user, roles, valid_from, valid_until, station } of standingsOf(lost, people))
        if (!standings.has(session))
          standings.set(session, { user, roles, validFrom: valid_from, validUntil: valid_until, station });
    },
    withdraw: (station) => {
      const { user } = site.me(station);
      const now = clock();
      ended.add(user);
      changed(user, false);
      for (const [session, standing] of standings)
        if (standing.user === user)
          standings.set(session, { ...standing, validUntil: Math.min(now, standing.validUntil ?? now) });
      for (const right of rights.values()) if (right.user === user) right.until = Math.min(now, right.until);
    },
    endAt: (station) => {
      const now = clock();
      for (const [session, standing] of standings)
        if (standing.station === station)
          standings.set(session, { ...standing, validUntil: Math.min(now, standing.validUntil ?? now) });
      for (const right of rights.values()) if (right.station === station) right.until = Math.min(now, right.until);
    },
    allow: (station) => {
      const { user } = site.me(station);
      ended.delete(user);
      changed(user, true);
    },
    backup: () => ({ standings: new Map(standings), people: new Map(people) }),
    restore: (backup) => {
      standings = new Map(backup.standings);
      people = new Map(backup.people);
    },
    entitled: (session, at) => {
      const right = rights.get(session);
      return right !== undefined && right.from <= at && at < right.until;
    },
    lapsed: (session, at) => at >= (rights.get(session)?.end ?? Number.POSITIVE_INFINITY),
  };
}
