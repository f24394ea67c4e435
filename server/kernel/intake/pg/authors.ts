/** Workstations and sessions as rows: who signs and who may. */
import type { Role } from '#domain/kernel/permission.ts';
import type { Asking } from '../../db/flight.ts';
import type { Authors, Device, Standing, Withheld } from '../port.ts';
import type { AuthorsKnown } from './memory.ts';

/** Who may have written facts, and what that was read from: said again, it shows whether it still is so. */
export interface AuthorsRead extends Authors {
  readonly stations: readonly string[];
  readonly sessions: readonly string[];
  readonly said: readonly string[];
}

export async function authorsOf(
  client: Asking,
  org: string,
  stations: readonly string[],
  sessions: readonly string[],
): Promise<AuthorsRead> {
  const said = await ask(client, stations, sessions);
  return read(org, stations, sessions, said);
}

/** Asks only about those that are not known, and knows them afterwards. */
export async function authorsRecalled(
  client: Asking,
  org: string,
  stations: readonly string[],
  sessions: readonly string[],
  known: AuthorsKnown,
): Promise<AuthorsRead> {
  const newStations = stations.filter((station) => known.stations.get(station) === undefined);
  const newSessions = sessions.filter((session) => known.sessions.get(session) === undefined);
  const found = await ask(client, newStations, newSessions);
  const asked = new Map<string, string>();
  newStations.forEach((station, i) => {
    asked.set(`station ${station}`, found[i] ?? '');
    if (found[i]) known.stations.set(station, found[i]);
  });
  newSessions.forEach((session, i) => {
    const of = found[newStations.length + i];
    asked.set(`session ${session}`, of ?? '');
    if (of) known.sessions.set(session, of);
  });
  const said = [
    ...stations.map((station) => asked.get(`station ${station}`) ?? known.stations.get(station) ?? ''),
    ...sessions.map((session) => asked.get(`session ${session}`) ?? known.sessions.get(session) ?? ''),
  ];
  return read(org, stations, sessions, said);
}

type StandingSaid = [
  user: string,
  Role[],
  validFrom: number,
  validUntil: number | null,
  station: string | null,
  withheld: Withheld[] | null,
];

async function ask(
  client: Asking,
  stations: readonly string[],
  sessions: readonly string[],
): Promise<readonly string[]> {
  if (stations.length === 0 && sessions.length === 0) return [];
  const { rows } = await client.query<{ said: string[] }>({
    name: 'authors.get',
    text: 'select kernel.authors($1, $2) as said',
    values: [stations, sessions],
  });
  return rows[0]?.said ?? [];
}

function read(
  org: string,
  stations: readonly string[],
  sessions: readonly string[],
  said: readonly string[],
): AuthorsRead {
  const devices = new Map<string, Device>();
  const standings = new Map<string, Standing>();
  for (const [i, station] of stations.entries()) {
    if (!said[i]) continue;
    const [site, key, revokedAt] = JSON.parse(said[i]) as [string, string, number | null];
    devices.set(station, { org, site, station, key, revoked: revokedAt !== null, revokedAt });
  }
  for (const [i, session] of sessions.entries()) {
    const of = said[stations.length + i];
    if (!of) continue;
    const [user, roles, validFrom, validUntil, station, withheld] = JSON.parse(of) as StandingSaid;
    standings.set(session, { user, roles, validFrom, validUntil, station, withheld: withheld ?? [] });
  }
  return { devices, standings, stations, sessions, said };
}

/** Fails where what was read would be read otherwise now. */
export async function stillSo(client: Asking, { stations, sessions, said }: AuthorsRead): Promise<void> {
  if (said.length === 0) return;
  await client.query({
    name: 'authors.still',
    text: 'select kernel.judged_by($1, $2, $3)',
    values: [stations, sessions, said],
  });
}
