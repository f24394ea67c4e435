/**
 * The keys that the center of a run has for its site, and those that it signs with. One that is made anew is told at once, and used
 * once every workstation says that it holds it, or has been waited for long enough. They outlive a restore: whoever runs a center
 * makes a backup after each rotation (docs/operator/backup.md).
 */
import { type Signer, signerOf } from '../../sealing/signing.ts';
import { SETTLED_MS } from '../../server/kernel/keys/pending.ts';
import type { CenterKeys, SiteKey } from '../../server/kernel/keys/ring.ts';
import type { Chance } from './chance.ts';
import { deviceKey, type Site } from './roster.ts';

export interface CenterKeyRing {
  readonly centerKeys: () => CenterKeys;
  /** The newest that whoever knows these knows too. */
  readonly signerKnownTo: (known: readonly string[]) => Signer;
  /** The one to use first, then one to come, then those of before. */
  readonly siteKeys: () => readonly SiteKey[];
  /** A new one is made, unless one waits already. */
  readonly rotate: (level: Level) => void;
  /** A workstation holds these: whether one came into use by that, and whether one may when it greets again. */
  readonly held: (station: string, ids: readonly string[]) => { readonly moved: boolean; readonly waits: boolean };
}

export type Level = 'site' | 'signing';

interface Key<T> {
  readonly id: string;
  readonly of: T;
  readonly madeAt: number;
  readonly knownTo: Set<string>;
  state: SiteKey['state'];
}

const ORDER: readonly SiteKey['state'][] = ['active', 'pending', 'retired'];

/** `patience`: how long a workstation of those that are enrolled holds a new key up while it stays away. ms */
export function createKeyRing(
  site: Pick<Site, 'center' | 'siteKey'>,
  enrolled: () => readonly string[],
  clock: () => number,
  chance: Chance,
  patience: number,
): CenterKeyRing {
  const made = <T>(id: string, of: T, state: SiteKey['state']): Key<T> => {
    return { id, of, state, madeAt: clock(), knownTo: new Set() };
  };
  const keys = {
    site: [made<Uint8Array>(site.siteKey.id, Buffer.from(site.siteKey.key, 'base64url'), 'active')],
    signing: [made(site.center.publicKey, site.center, 'active')],
  };
  const inOrder = <T>(of: readonly Key<T>[]): readonly Key<T>[] =>
    [...of].reverse().sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const signers = (): readonly Signer[] => inOrder(keys.signing).map(({ of }) => of);

  return {
    centerKeys: () => {
      const [signer = site.center, ...others] = signers();
      return { signer, publicKeys: [signer, ...others].map(({ publicKey }) => publicKey) };
    },
    signerKnownTo: (known) =>
      signers().find(({ publicKey }) => known.includes(publicKey)) ?? signers()[0] ?? site.center,
    siteKeys: () => inOrder(keys.site).map(({ id, of, state }) => ({ id, bytes: of, state })),
    rotate: (level) => {
      if (keys[level].some(({ state }) => state === 'pending')) return;
      if (level === 'site') keys.site.push(made(`sk${keys.site.length + 1}`, chance.bytes(32), 'pending'));
      else {
        const signer = signerOf(deviceKey(chance));
        keys.signing.push(made(signer.publicKey, signer, 'pending'));
      }
    },
    held: (station, ids) => {
      let [moved, waits] = [false, false];
      for (const level of [keys.site, keys.signing] as readonly (readonly Key<unknown>[])[])
        for (const key of level.filter(({ state }) => state === 'pending')) {
          if (ids.includes(key.id)) key.knownTo.add(station);
          const age = clock() - key.madeAt;
          const isAwaited = enrolled().some((one) => !key.knownTo.has(one)) && age < patience;
          if (age < SETTLED_MS || isAwaited) {
            waits ||= age < SETTLED_MS || !ids.includes(key.id);
            continue;
          }
          for (const other of level) if (other.state === 'active') other.state = 'retired';
          key.state = 'active';
          moved = true;
        }
      return { moved, waits };
    },
  };
}
