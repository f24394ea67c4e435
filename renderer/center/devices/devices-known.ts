/** Workstations as they are known, and those that wait to be let in. */
import { useMemo } from 'react';
import {
  type DeviceOut,
  DevicesOutSchema,
  EnrolmentsOutSchema,
  type WaitingOut,
} from '#domain/identity/api/devices.ts';
import { useAnswer } from '../api/use-center.ts';

export type DeviceRow =
  | { readonly kind: 'device'; readonly id: string; readonly state: 'enrolled' | 'revoked'; readonly of: DeviceOut }
  | { readonly kind: 'waiting'; readonly id: string; readonly state: 'waiting'; readonly of: WaitingOut };

/** Somebody may stand at a workstation and wait to be let in. ms */
const LOOK_AGAIN_MS = 5_000;
const ORDER: { readonly [S in DeviceRow['state']]: number } = { waiting: 0, enrolled: 1, revoked: 2 };

/** Those that wait first, the revoked last. Pure. */
function deviceRows(devices: readonly DeviceOut[], waiting: readonly WaitingOut[]): readonly DeviceRow[] {
  const rows: readonly DeviceRow[] = [
    ...waiting.map((of): DeviceRow => ({ kind: 'waiting', id: of.id, state: 'waiting', of })),
    ...devices.map(
      (of): DeviceRow => ({
        kind: 'device',
        id: of.station,
        state: of.revokedAt === null ? 'enrolled' : 'revoked',
        of,
      }),
    ),
  ];
  return rows.toSorted(
    (a, b) => ORDER[a.state] - ORDER[b.state] || a.of.name.localeCompare(b.of.name, 'en', { numeric: true }),
  );
}

/** Null until both are known. */
export function useDevices(): readonly DeviceRow[] | null {
  const devices = useAnswer(DevicesOutSchema, '/v1/devices', { every: LOOK_AGAIN_MS }).value;
  const waiting = useAnswer(EnrolmentsOutSchema, '/v1/enrolments', { every: LOOK_AGAIN_MS }).value;
  return useMemo(
    () => (devices && waiting ? deviceRows(devices.devices, waiting.enrolments) : null),
    [devices, waiting],
  );
}
