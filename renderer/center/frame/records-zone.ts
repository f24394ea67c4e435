/** The zone in which the center's page shows times: that of the records, never of the browser that looks at them. */
import { useEffect, useMemo } from 'react';
import { z } from 'zod';
import { recordActions } from '#domain/modules.ts';
import { setClock } from '../../app/clock/clock.ts';
import { useAnswer } from '../api/use-center.ts';
import { useMay, useMe } from './me.ts';

const SitesSchema = z.object({
  items: z.array(z.object({ site: z.string(), body: z.object({ name: z.string(), timeZone: z.string() }) })),
});

/** The PSAPs within the reach of the one signed in; undefined until they are known, and to whom they are not open. */
export function useSiteProfiles(): z.infer<typeof SitesSchema>['items'] | undefined {
  const me = useMe();
  const may = useMay();
  const read = recordActions('site')?.read;
  const open = read !== undefined && may(read, { site: me.site }) === null;
  return useAnswer(SitesSchema, open ? '/v1/entities/site?limit=500' : null).value?.items;
}

/** The zone of one PSAP, the one that all of them share, else UTC; null where none is known. Pure. */
export function zoneOfRecords(zones: readonly string[]): string | null {
  const [first, ...others] = new Set(zones);
  if (first === undefined) return null;
  return others.length === 0 ? first : 'UTC';
}

/** Sets the clock to it. Until it is known, and to whom the profiles of PSAPs are not open, the browser's own stands. */
export function useZoneOfRecords(): void {
  const me = useMe();
  const profiles = useSiteProfiles();
  const zone = useMemo(
    () =>
      zoneOfRecords(
        (profiles ?? []).filter(({ site }) => me.site === null || site === me.site).map(({ body }) => body.timeZone),
      ),
    [profiles, me.site],
  );
  useEffect(() => {
    if (zone !== null) setClock(zone, 0);
  }, [zone]);
}
