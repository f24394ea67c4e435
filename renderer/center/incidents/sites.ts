/** PSAPs by their id: what they are called, and in which time they count. */
import { useMemo } from 'react';
import { useZone } from '../../app/clock/clock.ts';
import { useSiteProfiles } from '../frame/records-zone.ts';

export interface Sites {
  readonly nameOf: (site: string) => string;
  readonly zoneOf: (site: string) => string;
  readonly several: boolean;
}

export function useSites(): Sites {
  const here = useZone();
  const profiles = useSiteProfiles();
  return useMemo(() => {
    const known = new Map((profiles ?? []).map(({ site, body }) => [site, body]));
    return {
      nameOf: (site) => known.get(site)?.name ?? '',
      zoneOf: (site) => known.get(site)?.timeZone ?? here,
      several: known.size > 1,
    };
  }, [profiles, here]);
}
