/** The log of a run's center: the shipped one in memory, over what the center of a run knows of devices, people, keys and holds. */
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { readingOf } from '../../server/kernel/intake/reading.ts';
import { withSharedKeys } from '../../server/kernel/intake/shared-keys.ts';
import { type MemoryLog, memoryLog } from '../../server/kernel/intake/testing/memory.ts';
import type { Accounts } from './accounts.ts';
import type { Chance } from './chance.ts';
import type { CenterKeyRing } from './keys.ts';
import { FAR, type Neighbour } from './neighbour.ts';
import { ORG, SITE, type Site } from './roster.ts';
import type { Workstations } from './workstations.ts';

interface CenterLogPorts {
  readonly neighbour: Neighbour | null;
  readonly workstations: Pick<Workstations, 'device'>;
  readonly accounts: Pick<Accounts, 'standing'>;
  readonly ring: Pick<CenterKeyRing, 'siteKeys'>;
  /** Incidents under a legal hold. */
  readonly holds: ReadonlySet<EntityRef>;
  readonly reading: () => ReturnType<typeof readingOf>;
  readonly chance: Chance;
  readonly newEpoch: () => string;
  /** An epoch has begun, for what is not in the log too: together, as the center's transaction does it. */
  readonly lost: () => void;
}

export function centerLog(ports: CenterLogPorts): MemoryLog {
  const { neighbour, workstations, accounts, ring, holds } = ports;
  const keyOf = (of: string, id: string): Uint8Array | undefined => {
    if (of === neighbour?.site.site) return id === neighbour.site.siteKey.id ? neighbour.site.siteKey.bytes : undefined;
    return ring.siteKeys().find((key) => key.id === id)?.bytes;
  };
  const log = withSharedKeys(
    memoryLog(
      {
        device: (_, station) => {
          if (station !== neighbour?.station) return workstations.device(station);
          const { site: of, publicKey: key } = neighbour;
          return { org: ORG, station, site: of.site, key, revoked: false, revokedAt: null };
        },
        standing: (_, session) => neighbour?.standings.get(session) ?? accounts.standing(session),
        siteKey: (_, of, id) => keyOf(of, id),
        underHold: (_, ref) => holds.has(ref),
      },
      ports.newEpoch,
      ports.reading,
    ),
    {
      siteKeys: async () => ring.siteKeys(),
      siteKey: async (_, of, id) => keyOf(of, id) ?? null,
    },
    ports.chance.fork('wrapping').bytes,
  );
  return {
    ...log,
    beginEpoch: async (org, ...begun) => {
      const before = await log.epoch(org);
      await log.beginEpoch(org, ...begun);
      if ((await log.epoch(org)) !== before) ports.lost();
    },
  };
}

/** The records of both sites, as they were before the run. */
export async function giveRecords(log: MemoryLog, site: Site, neighbour: Neighbour | null): Promise<void> {
  await log.intake(ORG, async (tx) => {
    for (const record of site.records) await tx.putRecord(SITE, record);
    for (const id of neighbour?.units ?? []) {
      const [like] = site.records.filter(({ kind }) => kind === 'roster_unit');
      if (like) await tx.putRecord(FAR, { ...like, id, body: { ...like.body, callsign: id.toUpperCase() } });
    }
  });
}
