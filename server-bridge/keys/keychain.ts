/** Keys in the operating system's keychain, through `keytar` where it is installed; it is no dependency of the product. */
import { z } from 'zod';
import {
  bundleOf,
  hasFile,
  type KeySlot,
  keyName,
  readBundle,
  readSlotFile,
  removeSlotFile,
  writeSlotFile,
} from './slot.ts';

/** The part of keytar's interface that is used. */
export interface Keychain {
  readonly getPassword: (service: string, account: string) => Promise<string | null>;
  readonly setPassword: (service: string, account: string, password: string) => Promise<void>;
  readonly deletePassword: (service: string, account: string) => Promise<boolean>;
}

const FILE = 'keys.keychain.json';
const SERVICE = 'Quantum Dispatch';
const FileSchema = z.strictObject({ v: z.literal(1), account: z.string().min(1).max(64) });
const ABSENT = 'the module keytar is not installed';

/** The system's keychain; null where keytar is not installed or does not load. */
async function systemKeychain(): Promise<Keychain | null> {
  // Named by a variable: an optional module is not looked for when the station is built.
  const name = 'keytar';
  try {
    const module = (await import(name)) as { readonly default?: Keychain } & Partial<Keychain>;
    const keychain = module.default ?? module;
    return typeof keychain.getPassword === 'function' ? (keychain as Keychain) : null;
  } catch {
    return null;
  }
}

export function keychainSlot(load: () => Promise<Keychain | null> = systemKeychain): KeySlot {
  return {
    kind: 'OS keychain',
    unavailable: async () => ((await load()) ? null : ABSENT),
    read: async (folder) => {
      if (!hasFile(folder, FILE)) return { state: 'empty' };
      const file = readSlotFile(folder, FILE, FileSchema);
      if (!file) return { state: 'refused', why: `${FILE} is damaged` };
      const keychain = await load();
      if (!keychain) return { state: 'unavailable', why: ABSENT };
      try {
        const text = await keychain.getPassword(SERVICE, file.account);
        if (text === null) return { state: 'refused', why: 'the keychain no longer has it' };
        const keys = readBundle(text);
        return keys ? { state: 'opened', keys } : { state: 'refused', why: 'what the keychain has is not a key' };
      } catch {
        return { state: 'unavailable', why: 'the keychain is locked or does not answer' };
      }
    },
    write: async (folder, keys) => {
      const keychain = await load();
      if (!keychain) throw new Error(ABSENT);
      const account = keyName(keys);
      await keychain.setPassword(SERVICE, account, bundleOf(keys));
      writeSlotFile(folder, FILE, { v: 1, account });
    },
    remove: async (folder) => {
      const file = readSlotFile(folder, FILE, FileSchema);
      if (file) await (await load())?.deletePassword(SERVICE, file.account);
      removeSlotFile(folder, FILE);
    },
  };
}
