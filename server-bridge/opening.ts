/**
 * From a folder to an open store: keys, enrolment where the workstation has none or the center does not take the one it has,
 * a damaged store set aside and refilled.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';
import { effectsOf } from '../domain/modules.ts';
import { makeFolder } from '../sealing/make-folder.ts';
import { systemRandom } from '../sealing/random.ts';
import { newSigningKey, signerOf } from '../sealing/signing.ts';
import { readAuthority } from './authority.ts';
import { BUILD } from './build.ts';
import { enrol } from './enrol.ts';
import { hasKeys, newKeys } from './enrolling.ts';
import type { StationFlags } from './flags.ts';
import { type Held, holdFolder } from './holding.ts';
import { type SlotsGiven, slotsHere } from './key-slots.ts';
import { type KeysOpened, type OpenKeys, openKeys, renewDeviceKey, settleSlots } from './keys/keys.ts';
import { slotsAsNow } from './keys/slot.ts';
import { type OpenStore, openStore } from './store/open.ts';
import type { StoreOptions } from './store/options.ts';
import { StoreFailure, type StoreTrouble, stateOf, troubleOf } from './store/state.ts';
import { NEXT_KEY } from './store/values.ts';

export interface OpenedStation {
  readonly store: OpenStore;
  readonly deviceKey: string;
  readonly keySlots: readonly string[];
  /** Where a damaged store was set aside to in this opening, or null. */
  readonly setAside: string | null;
  readonly center: string | null;
  /** PEM of the authority that alone vouches for the center; null for those that the system knows. */
  readonly authority: string | null;
  readonly position: string | null;
  /** Whether the folder still has the keys that open it. */
  readonly belongs: () => boolean;
}

type Given = SlotsGiven & { readonly say: (sentence: string) => void };

const STORE_FILE = 'station.db';
/** Left by a process that met damage while it ran: the next one salvages, however sound the store looks on opening. */
const DAMAGED_MARK = 'damaged';

const NOT_ENROLLED = refused(
  'station.not_enrolled',
  'This workstation is not enrolled yet: start it with --center URL and --enrol CODE, a one-time code from an administrator.',
);

/** Nobody can open what is there, or nothing in it says any more whose it was: a code enrols over it, and it is set aside. */
const LOST: readonly string[] = ['store.wrong_key', 'store.missing_key', 'store.not_enrolled'];

function troubled(trouble: StoreTrouble): ReturnType<typeof refused> {
  return refused(`store.${trouble.state.replaceAll(' ', '_')}`, `${trouble.message} ${trouble.wayOut}`);
}

/** What the command line says is remembered; what it leaves out is what was remembered. */
function remembered(store: OpenStore, key: string, given: string | null): string | null {
  const value = store.value('setting', 'station', key);
  const held = typeof value === 'string' ? value : null;
  if (given !== null && given !== held) store.saveValue('setting', 'station', key, given);
  return given ?? held;
}

/** Has the next start salvage this store. */
export function markDamaged(folder: string): void {
  writeFileSync(join(folder, DAMAGED_MARK), '', { mode: 0o600 });
}

/** `lanAddress`: what peers will dial, as far as it is known before the port is open. The folder is this one's until the store is closed. */
export async function openStation(
  flags: StationFlags,
  lanAddress: string,
  given: Given,
): Promise<Outcome<OpenedStation>> {
  const authority = flags.centerCa === null ? done(null) : readAuthority(flags.centerCa);
  if (!authority.ok) return authority;
  let held: Held;
  try {
    makeFolder(flags.data, 0o700);
    held = holdFolder(flags.data);
  } catch (error) {
    return troubled(troubleOf(stateOf(error) ?? 'unwritable', flags.data));
  }
  if (!held.ok) return troubled(troubleOf('in use', held.by));
  const { release } = held;
  let opened: Outcome<OpenedStation> | null = null;
  try {
    opened = await openIn(flags, authority.value, lanAddress, given);
  } finally {
    if (!opened?.ok) release();
  }
  if (!opened.ok) return opened;
  const { store } = opened.value;
  const ending = (end: () => void) => () => {
    try {
      end();
    } finally {
      release();
    }
  };
  return done({
    ...opened.value,
    store: { ...store, close: ending(store.close), abandon: ending(store.abandon) },
  });
}

/** In a folder that is this process's alone. */
async function openIn(
  flags: StationFlags,
  authority: string | null,
  lanAddress: string,
  given: Given,
): Promise<Outcome<OpenedStation>> {
  const { data: folder } = flags;
  const path = join(folder, STORE_FILE);
  const renewing = flags.code !== null && flags.center !== null;
  const slots = await slotsHere(folder, flags.center, given);
  const held = existsSync(path) || hasKeys(folder);
  let keys: KeysOpened | null = held ? await openKeys(folder, slots.all) : null;
  if (keys && !keys.ok && !renewing) return troubled(keys);
  if (keys?.ok) keys = await settleSlots(folder, slots, keys);

  if (keys?.ok) {
    const opened = await openHeld(flags, path, keys, authority);
    if (opened.ok) {
      const now = renewing ? await enrolledAnew(flags, path, keys, opened.value, lanAddress, given.say) : opened;
      // The store's own word of its key counts until every slot has it: where one cannot be written, the next opening tries.
      if (now.ok && now.value.deviceKey !== keys.deviceKey)
        await renewDeviceKey(folder, slots.all, { ...keys, deviceKey: now.value.deviceKey }).catch(() => undefined);
      return now;
    }
    const lost = LOST.includes(opened.refusal.code);
    if (opened.refusal.code !== NOT_ENROLLED.refusal.code && !(lost && renewing)) return opened;
    if (lost) keys = null;
  }
  if (flags.center === null || flags.code === null) return NOT_ENROLLED;
  let settle = (): void => undefined;
  if (!keys?.ok) {
    if (slots.fresh.length === 0) return refused('keys.nowhere', slots.nowhere);
    ({ keys, settle } = await newKeys(folder, held, slots, systemRandom(), Date.now));
    if (!keys.ok) return troubled(keys);
  }

  const name = flags.name ?? hostname().slice(0, 120);
  const { center, code } = flags;
  const signer = signerOf(keys.deviceKey);
  const vouched = { center, authority };
  const enrolled = await enrol({ ...vouched, code, name, signer, lanAddress, random: systemRandom(), say: given.say });
  if (!enrolled.ok) return enrolled;
  settle();
  const { org, site, station, short, siteKeys, roster } = enrolled.value;
  const made = openStore(path, { ...storeOptions(keys), identity: { org, site, station, short, name }, siteKeys });
  if (!made.ok) return troubled(made);
  // What was damaged is set aside.
  rmSync(join(folder, DAMAGED_MARK), { force: true });
  made.store.saveRoster(roster, siteKeys);
  return done(openedAs(flags, made.store, keys, authority, null));
}

/**
 * A workstation that was revoked and is given a new code. It is enrolled anew, with another key to sign with, and its new
 * store begins with what the one before held, which stays beside it. Until the center has let it in nothing of it is touched:
 * where that fails it works on as it is. One that the center takes, or that does not reach it, needs no code.
 *
 * The key that it asks with lies in the store before it is asked with, so whoever is killed asks again with the same one; and
 * the new store, its identity and its key come into their place together, by one renaming.
 */
async function enrolledAnew(
  flags: StationFlags,
  path: string,
  keys: OpenKeys,
  opened: OpenedStation,
  lanAddress: string,
  say: (sentence: string) => void,
): Promise<Outcome<OpenedStation>> {
  const { center, code } = flags;
  const { store } = opened;
  if (center === null || code === null) return done(opened);
  const { standingAt } = await import('./sync/http-center.ts');
  const { station, name: called } = store.identity;
  const random = systemRandom();
  const own = { station, signer: signerOf(store.deviceKey), authority: opened.authority, clock: Date.now, random };
  if ((await standingAt(center, own)) !== 'refused') return done(opened);
  const held = store.value(...NEXT_KEY);
  const deviceKey = typeof held === 'string' ? held : newSigningKey();
  if (held === undefined) store.saveValue(...NEXT_KEY, deviceKey);
  const name = flags.name ?? called;
  const vouched = { center, authority: opened.authority };
  const signer = signerOf(deviceKey);
  const enrolled = await enrol({ ...vouched, code, name, signer, lanAddress, random, say });
  if (!enrolled.ok) {
    say(`${enrolled.refusal.message} Until it is enrolled anew, this workstation works locally.`);
    return done(opened);
  }
  const { org, site, station: anew, short, siteKeys, roster } = enrolled.value;
  if (org !== store.identity.org || site !== store.identity.site) {
    store.close();
    return refused(
      'enrol.elsewhere',
      'The code is one of another site, and this folder holds what was done for the one before: start the workstation in a folder of its own (--data) with a new code.',
    );
  }
  store.close();
  const options = { ...storeOptions(keys), deviceKey, identity: { org, site, station: anew, short, name }, siteKeys };
  const { salvageStore } = await import('./store/salvage/salvage.ts');
  const made = salvageStore(path, options);
  if (!made.ok) return troubled(made);
  made.store.saveRoster(roster, siteKeys);
  return done(openedAs(flags, made.store, keys, opened.authority, null));
}

function storeOptions(keys: OpenKeys): StoreOptions {
  return {
    key: keys.storeKey,
    deviceKey: keys.deviceKey,
    effectsOf,
    build: BUILD,
    clock: Date.now,
    random: systemRandom(),
  };
}

function openedAs(
  flags: StationFlags,
  store: OpenStore,
  keys: OpenKeys,
  authority: string | null,
  setAside: string | null,
): OpenedStation {
  return {
    store,
    deviceKey: store.deviceKey,
    keySlots: keys.slotsInUse,
    setAside,
    center: remembered(store, 'center', flags.center),
    authority: remembered(store, 'authority', authority),
    position: remembered(store, 'position', flags.position),
    belongs: slotsAsNow(flags.data),
  };
}

/** A store that opens may be damaged where this station reads first, or not take what it is to remember from now on. */
function openedWhole(
  flags: StationFlags,
  path: string,
  keys: OpenKeys,
  authority: string | null,
): { readonly ok: true; readonly value: OpenedStation } | StoreTrouble {
  const opened = openStore(path, storeOptions(keys));
  if (!opened.ok) return opened;
  try {
    return { ok: true, value: openedAs(flags, opened.store, keys, authority, null) };
  } catch (error) {
    opened.store.abandon();
    if (error instanceof StoreFailure) return troubleOf(error.state);
    throw error;
  }
}

/** Opens the store that is there; a damaged one is salvaged, and what it lost comes back from the center and from peers. */
async function openHeld(
  flags: StationFlags,
  path: string,
  keys: OpenKeys,
  authority: string | null,
): Promise<Outcome<OpenedStation>> {
  const mark = join(flags.data, DAMAGED_MARK);
  const opened = existsSync(mark) ? troubleOf('corrupted') : openedWhole(flags, path, keys, authority);
  if (opened.ok) return done(opened.value);
  if (opened.state === 'not enrolled') return NOT_ENROLLED;
  if (opened.state !== 'corrupted') return troubled(opened);
  const { salvageStore } = await import('./store/salvage/salvage.ts');
  const salvaged = salvageStore(path, storeOptions(keys));
  if (!salvaged.ok) return troubled(salvaged);
  rmSync(mark, { force: true });
  return done(openedAs(flags, salvaged.store, keys, authority, salvaged.report.setAside));
}
