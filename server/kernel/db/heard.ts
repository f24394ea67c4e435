/** What committed transactions say on a channel, read through its schema. */
import type { z } from 'zod';
import type { Database } from './database.ts';

/** `onHeard` gets null where something may have been missed, or could not be read. */
export function hearSaid<S extends z.ZodType>(
  db: Pick<Database, 'listen'>,
  channel: string,
  schema: S,
  onHeard: (said: z.output<S> | null) => void,
): () => Promise<void> {
  return db.listen(channel, (said) => {
    const read = schema.safeParse(said === null ? null : parsed(said));
    onHeard(read.success ? read.data : null);
  });
}

function parsed(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return null;
  }
}
