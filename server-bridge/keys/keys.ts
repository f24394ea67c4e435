/** Opening, making and moving a workstation's keys. Nothing here ever makes new keys where there were some. */
import type { RandomBytes } from '../../domain/kernel/ids.ts';
import { KEY_BYTES } from '../../sealing/cipher.ts';
import { newSigningKey } from '../../sealing/signing.ts';
import { type StoreTrouble, stateOf, troubleOf } from '../store/state.ts';
import { type KeySlot, keyName, type SlotKind, type StationKeys } from './slot.ts';

const BARE: SlotKind = 'unprotected key file (demo only)';

/** How one slot stands, for the person who looks. */
export interface SlotReport {
  readonly slot: SlotKind;
  /** `in use`: it holds these keys and opened. `other keys`: it opened with keys of another store. */
  readonly state: 'in use' | 'empty' | 'unavailable' | 'refused' | 'other keys';
  readonly why: string;
}

export type OpenKeys = {
  readonly ok: true;
  readonly slotsInUse: readonly SlotKind[];
  readonly slots: readonly SlotReport[];
} & StationKeys;
export type KeysOpened = OpenKeys | (StoreTrouble & { readonly slots: readonly SlotReport[] });

/**
 * Opens the keys by the first slot that gives them, in the order given, and says how every slot stands. `missing key`:
 * no slot holds any, or none can be asked; `wrong key`: one was asked and did not open.
 */
export async function openKeys(folder: string, slots: readonly KeySlot[]): Promise<KeysOpened> {
  const reports: SlotReport[] = [];
  let found: StationKeys | null = null;
  for (const slot of slots) {
    const read = await slot.read(folder);
    if (read.state !== 'opened') {
      const why = read.state === 'empty' ? ((await slot.unavailable()) ?? '') : read.why;
      reports.push({ slot: slot.kind, state: read.state, why });
      continue;
    }
    found ??= read.keys;
    const same = keyName(found) === keyName(read.keys);
    reports.push({
      slot: slot.kind,
      state: same ? 'in use' : 'other keys',
      why: same ? '' : 'it holds the keys of another store',
    });
  }
  if (found) {
    const slotsInUse = reports.filter((report) => report.state === 'in use').map((report) => report.slot);
    return { ok: true, ...found, slotsInUse, slots: reports };
  }
  const refused = reports.find((report) => report.state === 'refused');
  const silent = reports.find((report) => report.state === 'unavailable');
  if (refused) return { ...troubleOf('wrong key', `${refused.slot}: ${refused.why}`), slots: reports };
  return { ...troubleOf('missing key', silent ? `${silent.slot}: ${silent.why}` : ''), slots: reports };
}

/** Makes keys for a new workstation and puts them into every slot given. Refuses where any slot holds something already. */
export async function createKeys(folder: string, slots: readonly KeySlot[], random: RandomBytes): Promise<KeysOpened> {
  const held = await openKeys(folder, slots);
  if (held.ok || held.slots.some((report) => report.state !== 'empty')) {
    return {
      ...troubleOf('wrong key'),
      message: 'This folder holds the keys of a workstation already.',
      wayOut: 'Open it with them, or enrol the new workstation in a folder of its own.',
      slots: held.slots,
    };
  }
  const keys: StationKeys = { storeKey: random(KEY_BYTES), deviceKey: newSigningKey() };
  try {
    for (const slot of slots) await slot.write(folder, keys);
  } catch (error) {
    for (const slot of slots) await slot.remove(folder).catch(() => undefined);
    const state = stateOf(error);
    if (state) return { ...troubleOf(state), slots: held.slots };
    throw error;
  }
  return openKeys(folder, slots);
}

/** Puts another key to sign with into every slot that opens these keys. What a slot that cannot be asked now holds stays. */
export async function renewDeviceKey(
  folder: string,
  slots: readonly KeySlot[],
  { storeKey, deviceKey }: StationKeys,
): Promise<void> {
  for (const slot of slots) {
    const read = await slot.read(folder);
    if (read.state === 'opened' && keyName(read.keys) === keyName({ storeKey, deviceKey }))
      await slot.write(folder, { storeKey, deviceKey });
  }
}

/**
 * Puts the keys that are open into every slot that may hold them by now and holds none: a passphrase was set since, a keychain
 * installed. A file that nothing protects goes once a passphrase opens them: whoever set one means it. What cannot be written or
 * removed stays as it is, and is tried again by the next opening. `fresh`: the slots that may hold keys.
 */
export async function settleSlots(
  folder: string,
  { all, fresh }: { readonly all: readonly KeySlot[]; readonly fresh: readonly KeySlot[] },
  keys: OpenKeys,
): Promise<OpenKeys> {
  const stands = (slot: KeySlot, state: SlotReport['state']): boolean =>
    keys.slots.some((report) => report.slot === slot.kind && report.state === state);
  const missing = fresh.filter((slot) => stands(slot, 'empty'));
  const bare = all.find((slot) => slot.kind === BARE && stands(slot, 'in use'));
  const byPassphrase = fresh.filter(({ kind }) => kind === 'passphrase file');
  const leaves = byPassphrase.length > 0 ? bare : undefined;
  // Asking a slot may take as long as a passphrase is to guess: no start pays for it where nothing is to be done.
  if (missing.length === 0 && !leaves) return keys;
  for (const slot of missing) await slot.write(folder, keys).catch(() => undefined);
  // Never out of the last that opens.
  if (leaves && (await openKeys(folder, byPassphrase)).ok) await leaves.remove(folder).catch(() => undefined);
  const now = await openKeys(folder, all);
  return now.ok ? now : keys;
}
