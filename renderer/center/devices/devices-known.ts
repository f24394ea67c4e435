/** Workstations as they are known. */
import { useMemo } from 'react';
import { z } from 'zod';
import { useAnswer } from '../api/use-center.ts';

const DevicesOutSchema = z.object({
  devices: z.array(
    z.object({
      station: z.string(),
      site: z.string(),
      name: z.string(),
      short: z.string(),
      address: z.string(),
      enrolledAt: z.int(),
      revokedAt: z.int().nullable(),
    }),
  ),
});
type DeviceOut = z.output<typeof DevicesOutSchema>['devices'][number];

export interface DeviceRow {
  readonly kind: 'device';
  readonly id: string;
  readonly state: 'enrolled' | 'waiting' | 'revoked';
  readonly of: DeviceOut;
}

/** Somebody may stand at a workstation and wait to be let in. ms */
const LOOK_AGAIN_MS = 5_000;
const ORDER: { readonly [S in DeviceRow['state']]: number } = { waiting: 0, enrolled: 1, revoked: 2 };

/** The revoked last; null until they are known. */
export function useDevices(): readonly DeviceRow[] | null {
  const { value } = useAnswer(DevicesOutSchema, '/v1/devices', { every: LOOK_AGAIN_MS });
  return useMemo(
    () =>
      value?.devices
        .map(
          (of): DeviceRow => ({
            kind: 'device',
            id: of.station,
            state: of.revokedAt === null ? 'enrolled' : 'revoked',
            of,
          }),
        )
        .toSorted(
          (a, b) => ORDER[a.state] - ORDER[b.state] || a.of.name.localeCompare(b.of.name, 'en', { numeric: true }),
        ) ?? null,
    [value],
  );
}
