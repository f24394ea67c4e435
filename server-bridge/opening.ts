/** From a folder to an open store: keys, enrolment where the workstation has none, a damaged store set aside and refilled. */

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';
import { effectsOf } from '../domain/modules.ts';
import type { EnrolOut } from '../domain/wire/sync.ts';
import { systemRandom } from '../sealing/random.ts';
import { signerOf } from '../sealing/signing.ts';
import { BUILD } from './build.ts';
import { enrol } from './enrol.ts';
import type { StationFlags } from './flags.ts';
import { openKeys } from './station-keys.ts';
import { type OpenStore, openStore } from './store/open.ts';
import type { StoreOptions } from './store/options.ts';
import type { StoreTrouble } from './store/state.ts';

export interface OpenedStation {
  readonly store: OpenStore;
  readonly deviceKey: string;
  readonly keySlots: readonly string[];
  readonly setAside: string | null;
  readonly center: string | null;
  readonly position: string | null;
}

const STORE_FILE = 'station.db';

function troubled(trouble: StoreTrouble): ReturnType<typeof refused> {
  return refused(`store.${trouble.state.replaceAll(' ', '_')}`, `${trouble.message} ${trouble.wayOut}`);
}

function textIn(store: OpenStore, key: string): string | null {
  const value = store.value('setting', 'station', key);
  return typeof value === 'string' ? value : null;
}

/** What the command line says is remembered; what it leaves out is what was remembered. */
function remembered(store: OpenStore, key: string, given: string | null): string | null {
  const held = textIn(store, key);
  if (given !== null && given !== held) store.saveValue('setting', 'station', key, given);
  return given ?? held;
}

/** `lanAddress`: what peers will dial, as far as it is known before the port is open. */
export async function openStation(flags: StationFlags, lanAddress: string): Promise<Outcome<OpenedStation>> {
  const path = join(flags.data, STORE_FILE);
  const keys = openKeys(flags.data, existsSync(path));
  if (!keys.ok) return keys;
  const options: StoreOptions = {
    key: keys.value.storeKey,
    deviceKey: keys.value.deviceKey,
    effectsOf,
    build: BUILD,
    clock: Date.now,
    random: systemRandom(),
  };
  const opened = (store: OpenStore): Outcome<OpenedStation> =>
    done({
      store,
      deviceKey: keys.value.deviceKey,
      keySlots: keys.value.slots,
      setAside: null,
      center: remembered(store, 'center', flags.center),
      position: remembered(store, 'position', flags.position),
    });

  const first = openStore(path, options);
  if (first.ok) return opened(first.store);
  if (first.state !== 'not enrolled') return troubled(first);

  if (flags.center === null || flags.code === null) {
    return refused(
      'station.not_enrolled',
      'This workstation is not enrolled yet: start it with --center URL and --enrol CODE, a one-time code from an administrator.',
    );
  }
  const name = flags.name ?? hostname().slice(0, 120);
  const deviceKey = signerOf(keys.value.deviceKey).publicKey;
  const enrolled = await enrol({ center: flags.center, code: flags.code, name, deviceKey, lanAddress });
  if (!enrolled.ok) return enrolled;
  const store = openStore(path, { ...options, ...identityOf(enrolled.value, name) });
  if (!store.ok) return troubled(store);
  store.store.saveRoster(enrolled.value.roster, enrolled.value.siteKeys, []);
  return opened(store.store);
}

function identityOf(out: EnrolOut, name: string): Pick<StoreOptions, 'identity' | 'siteKeys'> {
  const { org, site, station, short } = out;
  return { identity: { org, site, station, short, name }, siteKeys: out.siteKeys };
}
