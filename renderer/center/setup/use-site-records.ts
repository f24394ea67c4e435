import { useMemo } from 'react';
import { LOOK_AGAIN } from '../api/use-center.ts';
import { useDevices } from '../devices/devices-known.ts';
import { useStaff } from '../people/people-known.ts';
import { useKept } from './site-records.ts';
import type { SiteRecords } from './steps.ts';

/** All there is of a site, once all of it has been read; null before, and where no site is chosen. */
export function useSiteRecords(site: { readonly site: string; readonly name: string } | undefined): SiteRecords | null {
  const id = site?.site ?? null;
  const profiles = useKept('site', id, LOOK_AGAIN).value;
  const positions = useKept('position', id).value;
  const agencies = useKept('agency', id).value;
  const units = useKept('roster_unit', id).value;
  const facilities = useKept('facility', id).value;
  const natures = useKept('nature', id).value;
  const dispositions = useKept('disposition', id).value;
  const staff = useStaff();
  const devices = useDevices();
  return useMemo(() => {
    if (!site || !profiles || !positions || !agencies || !units || !facilities || !natures || !dispositions)
      return null;
    if (!staff || !devices) return null;
    const workstations = devices
      .filter(({ of }) => of.site === site.site)
      .map(({ id, state, of }) => ({ station: id, name: of.name, state }));
    const profile = profiles[0] ?? null;
    return { ...site, profile, staff, workstations, positions, agencies, units, facilities, natures, dispositions };
  }, [site, profiles, positions, agencies, units, facilities, natures, dispositions, staff, devices]);
}
