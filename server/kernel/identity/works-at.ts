/** Where and for whom a person works: by that it is decided who may do something with them. */
import { Problem } from '../http/problem.ts';
import type { IdentityPorts } from './ports.ts';
import type { IdentityTables } from './tables.ts';

/** Null for every site, and for every agency of their site. */
export interface WorksAt {
  readonly site: string | null;
  readonly agency: string | null;
}

/** Throws where whoever acts may not, with somebody who works there; asked again once nobody can change where that is. */
export type MustBeAllowed = (of: WorksAt) => void;

/** Throws Problem `person.unknown`. */
export async function worksAt(ports: Pick<IdentityPorts, 'db'>, org: string, person: string): Promise<WorksAt> {
  const row = await ports.db.inOrg<IdentityTables, WorksAt | undefined>({ org }, (trx) =>
    trx.selectFrom('identity.person').select(['site', 'agency']).where('id', '=', person).executeTakeFirst(),
  );
  if (row) return row;
  throw new Problem(404, 'person.unknown', 'This person is not known; look again in the list of people.');
}
