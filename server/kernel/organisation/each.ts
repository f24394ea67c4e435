/** Work that is owed to every organisation in turn. */
import type { Database } from '../db/database.ts';

/** What a log says of work that failed: for whom (nobody where the organisations could not be asked for), and the error's code. */
export interface Failed {
  readonly org?: string;
  readonly code: string;
}

/**
 * Calls `work` for one organisation after the other. What fails for one is told to `failed`, and the next has its turn. Once
 * `stopped` says so, none has, and nothing is told any more.
 */
export async function forEachOrganisation(
  db: Pick<Database, 'pool'>,
  stopped: () => boolean,
  work: (org: string) => Promise<unknown>,
  failed: (about: Failed) => void,
): Promise<void> {
  const attempt = async (of: { readonly org?: string }, step: () => Promise<unknown>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      if (!stopped()) failed({ ...of, code: (error as { code?: string }).code ?? '' });
    }
  };
  await attempt({}, async () => {
    const { rows } = await db.pool.query<{ org: string }>('select org from kernel.organisations() org');
    for (const { org } of rows) if (!stopped()) await attempt({ org }, () => work(org));
  });
}
