/** Keys in clear in a file that its owner alone may read: for the demo, which has nobody to ask. */
import { z } from 'zod';
import {
  bundleOf,
  guardFile,
  hasFile,
  type KeySlot,
  readBundle,
  readSlotFile,
  removeSlotFile,
  writeSlotFile,
} from './slot.ts';

const FILE = 'keys.demo-unprotected.json';
const FileSchema = z.strictObject({ warning: z.string(), bundle: z.string().max(1_000) });

export function demoFileSlot(): KeySlot {
  return {
    kind: 'unprotected key file (demo only)',
    unavailable: async () => null,
    read: async (folder) => {
      if (!hasFile(folder, FILE)) return { state: 'empty' };
      guardFile(folder, FILE);
      const file = readSlotFile(folder, FILE, FileSchema);
      const keys = file && readBundle(file.bundle);
      return keys ? { state: 'opened', keys } : { state: 'refused', why: `${FILE} is damaged` };
    },
    write: async (folder, keys) =>
      writeSlotFile(folder, FILE, {
        warning: 'Whoever reads this file reads the store. For demonstrations only.',
        bundle: bundleOf(keys),
      }),
    remove: async (folder) => removeSlotFile(folder, FILE),
  };
}
