/** A site's records as the center has them, read for the setup of a PSAP. */
import { useMemo } from 'react';
import { z } from 'zod';
import { ROSTER_SCHEMAS, type RosterBody, type RosterKind } from '#domain/cad/roster.ts';
import { type Asked, useWholeList } from '../api/use-center.ts';
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

/**
 * All rows of a kind at one site, and apart from them those that were archived.
 * @param options `every`: also asked every so many ms.
 */
export function useKept<K extends RosterKind>(
  kind: K,
  site: string | null,
  options: { readonly every?: number } = {},
): Asked<readonly Kept<K>[]> & { readonly archived: readonly Kept<K>[] } {
  const path =
    site === null
      ? null
      : `/v1/entities/${encodeURIComponent(kind)}?limit=500&filter${encodeURIComponent('[site]')}=${encodeURIComponent(site)}`;
  const { value, problem, again } = useWholeList(ROWS[kind] ?? rowsOf(kind), path, options);
  const [kept, archived] = useMemo(() => {
    const of = (gone: boolean): readonly Kept<K>[] | undefined =>
      value?.items.flatMap(({ id, version, archived, body }): Kept<K>[] => {
        const read = ROSTER_SCHEMAS[kind].safeParse(body);
        return archived !== gone || !read.success ? [] : [{ id, version, body: read.data as RosterBody<K> }];
      });
    return [of(false), of(true)];
  }, [value, kind]);
  return { value: kept, archived: archived ?? [], problem, again };
}
