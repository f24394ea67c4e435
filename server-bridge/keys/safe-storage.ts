/** Keys sealed by Electron's safeStorage, which the shell gives as a port: the station imports nothing of Electron. */
import { z } from 'zod';
import { bundleOf, hasFile, type KeySlot, readBundle, readSlotFile, removeSlotFile, writeSlotFile } from './slot.ts';

/** What the station needs of `safeStorage`; over a process boundary, hence promises. */
export interface SafeStoragePort {
  /** False also where Electron could only seal with a key of its own making (`basic_text`), which protects nothing. */
  readonly available: () => Promise<boolean>;
  readonly seal: (text: string) => Promise<Uint8Array>;
  /** Rejects where the user's login no longer opens it. */
  readonly open: (sealed: Uint8Array) => Promise<string>;
}

const FILE = 'keys.safe-storage.json';
const FileSchema = z.strictObject({ v: z.literal(1), sealed: z.string().max(8_000) });
const NO_SHELL = 'only the desktop shell can open it';

export function safeStorageSlot(port: SafeStoragePort | null): KeySlot {
  const unavailable = async (): Promise<string | null> => {
    if (!port) return NO_SHELL;
    return (await port.available()) ? null : 'this system has no protected storage';
  };
  return {
    kind: 'Electron safeStorage',
    unavailable,
    read: async (folder) => {
      if (!hasFile(folder, FILE)) return { state: 'empty' };
      const why = await unavailable();
      if (why !== null || !port) return { state: 'unavailable', why: why ?? NO_SHELL };
      const file = readSlotFile(folder, FILE, FileSchema);
      if (!file) return { state: 'refused', why: `${FILE} is damaged` };
      const text = await port.open(Buffer.from(file.sealed, 'base64url')).catch(() => null);
      const keys = text === null ? null : readBundle(text);
      return keys ? { state: 'opened', keys } : { state: 'refused', why: 'it belongs to another user or machine' };
    },
    write: async (folder, keys) => {
      if (!port) throw new Error(NO_SHELL);
      const sealed = Buffer.from(await port.seal(bundleOf(keys))).toString('base64url');
      writeSlotFile(folder, FILE, { v: 1, sealed });
    },
    remove: async (folder) => removeSlotFile(folder, FILE),
  };
}
