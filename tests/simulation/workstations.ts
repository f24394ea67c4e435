/** Which workstations the center of a run knows, and what it makes of a roster that one shows it: the shipped rule over maps. */
import { type Roster, rosterText } from '../../domain/wire/sync.ts';
import { signatureHolds, signerOf } from '../../sealing/signing.ts';
import { forgottenIn } from '../../server/kernel/identity/devices/forgotten.ts';
import type { Device } from '../../server/kernel/intake/port.ts';
import { ORG, SITE, type Site } from './roster.ts';

interface Known {
  readonly name: string;
  readonly key: string;
  readonly revokedAt: number | null;
}

export interface WorkstationsBackup {
  readonly known: ReadonlyMap<string, Known>;
  readonly version: number;
}

export interface Workstations {
  /** By its id; undefined for one that is not known. */
  readonly device: (station: string) => Device | undefined;
  /** Known, and not revoked. */
  readonly admitted: () => readonly string[];
  readonly enrol: (station: string) => void;
  readonly revoke: (station: string) => void;
  /** What a station shows of the center's signature stands again where it was forgotten. True where something was. */
  readonly takeBack: (roster: Roster | undefined, centerKeys: readonly string[]) => boolean;
  /** An epoch begins. */
  readonly lost: () => void;
  readonly roster: () => Pick<Roster, 'org' | 'site' | 'version' | 'peers'>;
  readonly backup: () => WorkstationsBackup;
  readonly restore: (backup: WorkstationsBackup) => void;
}

/** As the center's log in PostgreSQL does it when an epoch begins. */
const VERSIONS_AHEAD = 1_000;
const VERSIONS_SINCE = Date.UTC(2020, 0, 1);

export function createWorkstations(site: Pick<Site, 'deviceKey' | 'stations'>, clock: () => number): Workstations {
  const made = (station: string): Known => ({
    ...{ name: `Console ${station.toUpperCase()}`, revokedAt: null },
    key: signerOf(site.deviceKey(station)).publicKey,
  });
  let known = new Map<string, Known>(site.stations.map((station) => [station, made(station)]));
  let version = 1;
  const put = (station: string, of: Known): void => {
    known.set(station, of);
    version++;
  };
  const revoke = (station: string): void => {
    const held = known.get(station);
    if (held) put(station, { ...held, revokedAt: held.revokedAt ?? clock() });
  };

  return {
    device: (station) => {
      const held = known.get(station);
      if (!held) return undefined;
      const { key, revokedAt } = held;
      return { org: ORG, site: SITE, station, key, revoked: revokedAt !== null, revokedAt };
    },
    admitted: () => [...known].flatMap(([station, { revokedAt }]) => (revokedAt === null ? [station] : [])),
    enrol: (station) => put(station, made(station)),
    revoke,
    takeBack: (roster, centerKeys) => {
      if (!roster) return false;
      const revoked = new Map([...known].map(([station, { revokedAt }]) => [station, revokedAt !== null]));
      const { missing, revocations, isBehind } = forgottenIn(roster, { version, revoked });
      if (missing.length + revocations.length === 0 && !isBehind) return false;
      if (!centerKeys.some((key) => signatureHolds(key, rosterText(roster), roster.sig))) return false;
      version = Math.max(version, roster.version) + 1;
      for (const { station, name, key, revoked: isRevoked } of missing)
        put(station, { name, key, revokedAt: isRevoked ? clock() : null });
      for (const station of revocations) revoke(station);
      return true;
    },
    lost: () => {
      version = Math.max(version + VERSIONS_AHEAD, Math.floor((clock() - VERSIONS_SINCE) / 1_000));
    },
    roster: () => ({
      ...{ org: ORG, site: SITE, version },
      peers: [...known].map(([station, { name, key, revokedAt }]) => ({
        ...{ station, name, key, address: `${station}:1`, revoked: revokedAt !== null },
      })),
    }),
    backup: () => ({ known: new Map(known), version }),
    restore: (backup) => {
      known = new Map(backup.known);
      ({ version } = backup);
    },
  };
}
