/** A site's records as the center has them, read for the setup of a PSAP. */
import { useMemo } from 'react';
import { z } from 'zod';
import { ROSTER_SCHEMAS, type RosterBody, type RosterKind } from '#domain/cad/roster.ts';
import { type Asked, useAnswer } from '../api/use-center.ts';
import type { Kept } from './steps.ts';

const rowsOf = (kind: RosterKind) =>
  z.object({
    items: z.array(
      z.object({
        id: z.string(),
        version: z.int().default(1),
        archived: z.boolean().default(false),
        body: z.json(),
      }),
    ),
    next: z.string().nullable(),
    kind: z.literal(kind).default(kind),
  });
const ROWS = Object.fromEntries((Object.keys(ROSTER_SCHEMAS) as RosterKind[]).map((kind) => [kind, rowsOf(kind)]));

/** Rows of a kind at one site; what was archived is left out. A site has some hundreds at most: one page. */
export function useKept<K extends RosterKind>(kind: K, site: string | null): Asked<readonly Kept<K>[]> {
  const path =
    site === null
      ? null
      : `/v1/entities/${encodeURIComponent(kind)}?limit=500&filter${encodeURIComponent('[site]')}=${encodeURIComponent(site)}`;
  const { value, problem, again } = useAnswer(ROWS[kind] ?? rowsOf(kind), path);
  const kept = useMemo(
    () =>
      value?.items.flatMap(({ id, version, archived, body }): Kept<K>[] => {
        const read = ROSTER_SCHEMAS[kind].safeParse(body);
        return archived || !read.success ? [] : [{ id, version, body: read.data as RosterBody<K> }];
      }),
    [value, kind],
  );
  return { value: kept, problem, again };
}
