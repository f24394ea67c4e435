/** Notices of people's accounts, as every node of the center hears of them: with the commit that made them, or made them known. */
import { z } from 'zod';
import type { Database } from '../../db/database.ts';
import { hearSaid } from '../../db/heard.ts';

const ToldSchema = z.object({ org: z.string(), station: z.string() });
/** A workstation where somebody is signed in who was told something, or knows now what they were told. */
export type Told = z.infer<typeof ToldSchema>;

/** `onTold` gets null where some may have been missed: then everybody is to ask. */
export function hearTold(db: Pick<Database, 'listen'>, onTold: (at: Told | null) => void): () => Promise<void> {
  return hearSaid(db, 'qd_told', ToldSchema, onTold);
}
