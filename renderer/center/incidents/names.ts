/** What rows of a kind are called, by their id. */
import { useMemo } from 'react';
import { z } from 'zod';
import { useWholeList } from '../api/use-center.ts';

const NamesSchema = z.object({
  items: z.array(
    z.object({ id: z.string(), body: z.looseObject({ callsign: z.string().optional(), name: z.string().optional() }) }),
  ),
  next: z.string().nullable(),
});

export function useNames(
  kind: string,
  filter: { readonly [column: string]: string } = {},
): ReadonlyMap<string, string> {
  const query = new URLSearchParams({ limit: '500', ...filter });
  const { value } = useWholeList(NamesSchema, `/v1/entities/${encodeURIComponent(kind)}?${query.toString()}`);
  return useMemo(
    () => new Map((value?.items ?? []).map(({ id, body }) => [id, body.callsign ?? body.name ?? ''])),
    [value],
  );
}
