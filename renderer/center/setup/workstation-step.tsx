import type { ReactNode } from 'react';
import { DeviceState } from '../devices/device-state.tsx';
import { useDevices } from '../devices/devices-known.ts';
import { EnrolmentCode } from '../devices/enrolment-code.tsx';
import type { SiteRecords } from './steps.ts';

/** The workstations of this PSAP: one more by a code, and letting in the one that used it. */
export function WorkstationStep({ records }: { readonly records: SiteRecords }): ReactNode {
  const devices = useDevices()?.filter(({ of, state }) => of.site === records.site && state !== 'revoked') ?? [];
  return (
    <div className="stack">
      <EnrolmentCode site={records.site} />
      <ul className="lines" aria-label="Workstations of this PSAP">
        {devices.map(({ id, state, of }) => (
          <li key={id}>
            <a href={`#/devices/${encodeURIComponent(id)}`}>{of.name}</a>
            <DeviceState state={state} />
          </li>
        ))}
      </ul>
    </div>
  );
}
