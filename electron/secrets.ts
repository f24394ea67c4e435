/** The station's keys under the operating system's keychain: the one thing it asks the shell for. */
import { safeStorage } from 'electron';
import { type FromStationProcess, FromStationProcessSchema, type ToStationProcess } from '../domain/bridge/shell.ts';

/** Answers a message of the station; null for one that is not for this. Nothing of a secret is ever logged. */
export function answerSecret(message: unknown): ToStationProcess | null {
  const asked = FromStationProcessSchema.safeParse(message);
  if (!asked.success) return null;
  return { t: 'secret', id: asked.data.id, bytes: done(asked.data) };
}

function done({ do: what, bytes }: FromStationProcess): string | null {
  // `basic_text` is what Linux falls back to without a keyring: no secret at all, so it does not count as a slot.
  if (!safeStorage.isEncryptionAvailable()) return null;
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return null;
  try {
    return what === 'protect'
      ? safeStorage.encryptString(bytes).toString('base64')
      : safeStorage.decryptString(Buffer.from(bytes, 'base64'));
  } catch {
    return null;
  }
}
