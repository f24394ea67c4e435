/** Where the next page of a list begins, as `after` says it: what the last row was ordered by, JSON in base64url. */
import { z } from 'zod';
import { jsonOf } from '#sealing/json-bytes.ts';

/** A list's sort value, null where the row has none, and the row's id. */
const ROW = z.tuple([z.union([z.string().max(256), z.number(), z.null()]), z.string().max(256)]);
/** When something happened, ms UTC, and the row's id. */
export const BY_TIME = z.tuple([z.int(), z.string()]);

/** `last`: what the last row of this page was ordered by. */
export function cursorAfter(...last: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(last)).toString('base64url');
}

/** What {@link cursorAfter} wrote, as `form` has it; null for anything else. */
export function readCursor(text: string): z.output<typeof ROW> | null;
export function readCursor<S extends z.ZodType>(text: string, form: S): z.output<S> | null;
export function readCursor(text: string, form: z.ZodType = ROW): unknown {
  return form.safeParse(jsonOf(Buffer.from(text, 'base64url'))).data ?? null;
}
