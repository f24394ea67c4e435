/** Rows and facts as the API shows them. */
import { z } from 'zod';
import type { Fact } from '#domain/kernel/fact.ts';
import { Problem } from '../http/problem.ts';
import { KINDS } from './columns.ts';

export const EntityOutSchema = z.object({
  kind: z.string(),
  id: z.string(),
  site: z.string(),
  updatedAt: z.int(),
  version: z.int().optional(),
  archived: z.boolean().optional(),
  fields: z.record(z.string(), z.json()),
  body: z.json(),
  sealed: z.record(z.string(), z.json()).optional(),
});
export const FactOutSchema = z.object({
  id: z.string(),
  type: z.string(),
  v: z.int(),
  at: z.int(),
  hlc: z.string(),
  station: z.string(),
  position: z.string().nullable(),
  session: z.string().nullable(),
  by: z.string().nullable(),
  about: z.array(z.string()),
  replaces: z.array(z.string()),
  /** Absent where it was erased or its key is not here. */
  body: z.json().optional(),
});

/** Without a body where it was erased, or its key is not here. */
export function factOut(fact: Fact): z.input<typeof FactOutSchema> {
  const { id, type, v, at, hlc, station, position, session, by, about, replaces, content } = fact;
  const shown = { id, type, v, at, hlc, station, position, session, by, about: [...about], replaces: [...replaces] };
  return content === undefined ? shown : { ...shown, body: content as never };
}

export function unknownKind(): Problem {
  return new Problem(404, 'kind.unknown', `There is no kind of that name; there are ${KINDS.join(', ')}.`, {
    field: 'kind',
  });
}
