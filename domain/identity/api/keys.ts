/** Keys on the wire: which there are, what is under which, and rotating them. Never a key itself. */
import { z } from 'zod';

const KEY_LEVELS = ['master', 'organisation', 'site', 'signing', 'entity', 'secrets', 'index'] as const;
export const KeyLevelSchema = z.enum(KEY_LEVELS);

const KeySchema = z.strictObject({
  level: KeyLevelSchema,
  id: z.string(),
  /** Of a site's key: whose. */
  site: z.string().nullable(),
  /**
   * active: used for what comes. pending: made known, and used once the workstations in `waitingFor` hold it. retired: opens
   * and verifies what it made.
   */
  state: z.enum(['active', 'pending', 'retired']),
  createdAt: z.int(),
  /** When another has to take over; null where none has to. */
  changeDue: z.int().nullable(),
  /** The key that wraps it; null for the master key. */
  under: z.string().nullable(),
  /** How many things it wraps or indexes that would be under the active one after a rotation; null where nothing is to be done. */
  holds: z.int().nullable(),
  waitingFor: z.array(z.string()),
});
export type KeyShown = z.infer<typeof KeySchema>;

export const KeysOutSchema = z.strictObject({
  keys: z.array(KeySchema),
  /** What a rotation still has to do in the background; null while there is nothing. */
  progress: z.strictObject({ level: KeyLevelSchema, done: z.int(), total: z.int(), failed: z.boolean() }).nullable(),
});
export type KeysOut = z.infer<typeof KeysOutSchema>;

/** `site`: which site's, for its level; that of every site where it is left out. */
export const RotateInSchema = z.strictObject({ site: z.string().max(64).optional() });
