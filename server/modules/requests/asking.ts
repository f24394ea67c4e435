/** Who asks: the people behind requests, as the center knows them now. */
import type { Asker } from '#domain/kernel/authorise.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { RequestIn } from '#domain/wire/sync.ts';
import type { Answer, Asking as Client } from '../../kernel/db/flight.ts';
import type { Caller } from '../../kernel/http/auth.ts';
import { ONE_BY_ONE } from '../../kernel/intake/pg/one-by-one.ts';

export interface Asking {
  readonly org: string;
  readonly site: string;
  readonly station: string | null;
  readonly session: string | null;
  /** Null where a process asks for itself, and where the right has ended. */
  readonly person: Asker | null;
  /** Why there is no person though one was named. */
  readonly ended: string | null;
}

/** A request, and who brought it. */
export interface Brought {
  readonly caller: Caller;
  readonly input: RequestIn;
}

interface PersonRow {
  readonly id: string;
  readonly roles: readonly Role[];
  readonly active: boolean;
  readonly site: string | null;
  readonly agency: string | null;
}

interface StandingRow {
  readonly session: string;
  readonly user_id: string;
  readonly roles: readonly Role[];
  readonly valid_from: number;
  readonly valid_until: number | null;
  /** The workstation where it was given. */
  readonly given_at: string | null;
}

/** What is looked up for all of them. */
interface Known {
  /** The organisation's site where it has a single one. */
  readonly onlySite: string | null;
  readonly people: ReadonlyMap<string, PersonRow>;
  readonly standings: ReadonlyMap<string, StandingRow>;
}

/**
 * Works out who asks, each in its place, in one flight. What a station brings later was asked under a session or an offline
 * grant of that time; the center decides by what the person may do now, too. Refuses `site.which`.
 */
export async function whoAsk(client: Client, all: readonly Brought[]): Promise<readonly Outcome<Asking>[]> {
  const users = all.flatMap(({ caller }) => (caller.kind === 'user' ? [caller.user] : []));
  const sessions = all.flatMap(({ caller, input }) => (caller.kind === 'device' ? (input.session ?? []) : []));
  const [sites, people, standings] = await Promise.all([
    all.some(({ caller }) => caller.site === null)
      ? client.query<{ site: string }>({ name: 'asking.site', text: 'select site from kernel.site limit 2' })
      : NOTHING,
    client.query<PersonRow>({ name: 'asking.people', text: PEOPLE, values: [users, sessions] }),
    sessions.length > 0
      ? client.query<StandingRow>({ name: 'asking.standings', text: STANDINGS, values: [sessions] })
      : NOTHING,
  ]);
  const known = {
    onlySite: sites.rows.length === 1 ? (sites.rows[0]?.site ?? null) : null,
    people: new Map(people.rows.map((row) => [row.id, row])),
    standings: new Map(standings.rows.map((row) => [row.session, row])),
  };
  return all.map((brought) => askingOf(brought, known));
}

const NOTHING: Answer<never> = { rows: [], rowCount: 0 };
const PEOPLE = `with named as (
    select unnest($1::text[]) as id
    union select s.user_id from unnest($2::text[]) as r (session) cross join lateral (
      select user_id from kernel.standing where session = r.session ${ONE_BY_ONE}) s)
  select p.* from named n cross join lateral (
    select id, roles, active, site, agency from identity.person where id = n.id ${ONE_BY_ONE}) p`;
const STANDINGS = `select st.session, st.user_id, st.roles, st.valid_from, st.valid_until, coalesce(
    (select s.station from identity.session s where s.id = st.session),
    (select g.station from identity.offline_grant g where g.id = st.session)) as given_at
  from unnest($1::text[]) as r (session) cross join lateral (
    select session, user_id, roles, valid_from, valid_until from kernel.standing where session = r.session ${ONE_BY_ONE}) st`;

function askingOf({ caller, input }: Brought, known: Known): Outcome<Asking> {
  const { org } = caller;
  const site = caller.site ?? known.onlySite;
  if (site === null) {
    return refused('site.which', 'This organisation has several sites; ask from a workstation of the one you mean.');
  }
  const station = caller.kind === 'device' ? caller.station : null;
  const session = caller.kind === 'user' ? caller.session : input.session;
  const asking = { org, site, station, session };
  const nobody = (ended: string | null): Outcome<Asking> => done({ ...asking, person: null, ended });
  if (session === null) return nobody(null);
  const given =
    caller.kind === 'user'
      ? { user: caller.user, roles: caller.roles, until: null, provenAt: caller.provenAt }
      : standingOf(known.standings.get(session), station, input.madeAt);
  if (!given || (input.by !== null && input.by !== given.user)) {
    return nobody('The sign-in is not known to the center.');
  }
  if (given.until !== null && input.madeAt >= given.until) return nobody('The right to sign in had ended.');
  const person = known.people.get(given.user);
  if (!person?.active) return nobody('The right to sign in was withdrawn.');
  const { id, site: worksAt, agency } = person;
  // Of what they may now, what the sign-in gave: one without the center gives less.
  const roles = person.roles.filter((role) => given.roles.includes(role));
  // At a workstation the sign-in gave it; without the center, the enrolled workstation is the second factor.
  const secondFactor = caller.kind === 'user' ? caller.secondFactor : 'given';
  const asker = { user: id, roles, site: worksAt, agency, provenAt: given.provenAt, secondFactor };
  return done({ ...asking, person: asker, ended: null });
}

function standingOf(row: StandingRow | undefined, station: string | null, madeAt: number): Given | null {
  if (!row || madeAt < row.valid_from - CLOCK_SLACK_MS || row.given_at !== station) return null;
  return { user: row.user_id, roles: row.roles, until: row.valid_until, provenAt: madeAt };
}

/** What a sign-in gave. Times in ms UTC. */
interface Given {
  readonly user: string;
  readonly roles: readonly Role[];
  readonly until: number | null;
  readonly provenAt: number;
}

/** A station's clock may be this far behind the center's when it signs somebody in. */
const CLOCK_SLACK_MS = 15 * 60_000;
