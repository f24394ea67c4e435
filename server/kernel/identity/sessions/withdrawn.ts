/** Workstations revoked and sessions ended, as every node of the center hears of them: with the commit that did it. */
import { z } from 'zod';
import type { Database } from '../../db/database.ts';
import { hearSaid } from '../../db/heard.ts';

/** A workstation, or a session and the workstation that it was begun at. */
const WithdrawnSchema = z.union([
  z.object({ org: z.string(), session: z.string(), station: z.string().nullable() }),
  z.object({ org: z.string(), station: z.string() }),
]);
export type Withdrawn = z.infer<typeof WithdrawnSchema>;

/** `onWithdrawn` gets null where some may have been missed: then whoever is there has to be asked about again. */
export function hearWithdrawn(
  db: Pick<Database, 'listen'>,
  onWithdrawn: (of: Withdrawn | null) => void,
): () => Promise<void> {
  return hearSaid(db, 'qd_withdrawn', WithdrawnSchema, onWithdrawn);
}
