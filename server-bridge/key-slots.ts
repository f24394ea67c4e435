/** Which key slots this workstation has, and in which of them a new one keeps its keys. */
import type { RandomBytes } from '../domain/kernel/ids.ts';
import { systemRandom } from '../sealing/random.ts';
import type { Shell } from './host/shell.ts';
import { demoFileSlot } from './keys/demo-file.ts';
import { keychainSlot } from './keys/keychain.ts';
import { type SafeStoragePort, safeStorageSlot } from './keys/safe-storage.ts';
import { hasFile, type KeySlot } from './keys/slot.ts';

export interface SlotsGiven {
  readonly shell: Shell | null;
  /** From the environment (QD_PASSPHRASE), where somebody set one. */
  readonly passphrase: string | null;
}

export interface Slots {
  /** Those that may hold keys, in the order they are asked. */
  readonly all: readonly KeySlot[];
  /** Those that a new workstation puts its keys into. */
  readonly fresh: readonly KeySlot[];
  /** What to do where there is none of these. */
  readonly nowhere: string;
}

const PASSPHRASE_FILE = 'keys.passphrase.json';
const NOWHERE =
  'There is no place for the keys of this workstation: install a keychain (keytar), start it from the desktop shell, or set QD_PASSPHRASE to a passphrase of at least 8 characters.';

function safeStorageOf(shell: Shell): SafeStoragePort {
  const asked = async (what: 'protect' | 'reveal', bytes: Uint8Array): Promise<Buffer> => {
    const answer = await shell.secret(what, bytes);
    if (!answer) throw new Error('the shell could not');
    return answer;
  };
  return {
    available: async () => (await shell.secret('protect', Buffer.from('?'))) !== null,
    seal: (text) => asked('protect', Buffer.from(text, 'utf8')),
    open: async (sealed) => (await asked('reveal', sealed)).toString('utf8'),
  };
}

/** Deriving a key from a passphrase needs a native module: loaded only where a passphrase is used. */
async function passphrase(folder: string, given: string | null, random: RandomBytes): Promise<KeySlot | null> {
  if (given === null && !hasFile(folder, PASSPHRASE_FILE)) return null;
  const { passphraseSlot } = await import('./keys/passphrase.ts');
  return passphraseSlot(async () => given, random);
}

/** A center on this very machine is a demonstration: there is nobody to ask for a passphrase, and nothing to hide. */
function isDemo(center: string | null): boolean {
  const host = center === null ? null : URL.parse(center)?.hostname;
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}

/** The key slots of this machine: where keys may lie, and where new ones are put. A key file is for the demo alone. */
export async function slotsHere(folder: string, center: string | null, given: SlotsGiven): Promise<Slots> {
  const keychain = keychainSlot();
  const safe = safeStorageSlot(given.shell && safeStorageOf(given.shell));
  const file = demoFileSlot();
  const byPassphrase = await passphrase(folder, given.passphrase, systemRandom());
  const fresh: KeySlot[] = [];
  for (const slot of [safe, keychain]) if ((await slot.unavailable()) === null) fresh.push(slot);
  if (byPassphrase && given.passphrase !== null) fresh.push(byPassphrase);
  if (fresh.length === 0 && isDemo(center)) fresh.push(file);
  return {
    all: [safe, keychain, ...(byPassphrase ? [byPassphrase] : []), file],
    fresh,
    nowhere: NOWHERE,
  };
}
