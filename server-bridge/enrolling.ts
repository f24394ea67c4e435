/**
 * Enrolling a workstation over what lies in its folder: keys that do not open any more, a store that nobody can read. The new
 * keys wait in a folder of their own until the center has let the workstation in; until then nothing of the old is touched,
 * so whoever finds the key meanwhile, or typed a wrong code, goes on as before.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomBytes } from '../domain/kernel/ids.ts';
import { createKeys, type KeysOpened, openKeys } from './keys/keys.ts';
import { type KeySlot, slotFiles } from './keys/slot.ts';

const WAITING = 'enrolling';

export const hasKeys = (folder: string): boolean => slotFiles(folder).length > 0;

/** Keys of a workstation that the center has not let in yet. */
export interface NewKeys {
  readonly keys: KeysOpened;
  /** The center has let it in: what lay in the folder is set aside, and these come into its place. */
  readonly settle: () => void;
}

/**
 * Makes them, or finds those that somebody was killed over while they waited, so that the center is asked with the same ones.
 * `held`: whether there is something in the folder that they would stand in the place of.
 */
export async function newKeys(
  folder: string,
  held: boolean,
  slots: { readonly all: readonly KeySlot[]; readonly fresh: readonly KeySlot[] },
  random: RandomBytes,
  now: () => number,
): Promise<NewKeys> {
  const waiting = join(folder, WAITING);
  if (existsSync(waiting)) {
    const found = await openKeys(waiting, slots.all);
    if (found.ok) return { keys: found, settle: () => settle(folder, waiting, now()) };
    rmSync(waiting, { recursive: true });
  }
  if (!held) return { keys: await createKeys(folder, slots.fresh, random), settle: () => undefined };
  mkdirSync(waiting, { mode: 0o700 });
  return {
    keys: await createKeys(waiting, slots.fresh, random),
    settle: () => settle(folder, waiting, now()),
  };
}

function settle(folder: string, waiting: string, now: number): void {
  setAsideAll(folder, now);
  for (const name of readdirSync(waiting)) renameSync(join(waiting, name), join(folder, name));
  rmSync(waiting, { recursive: true });
}

/**
 * A workstation that is enrolled anew keeps nothing of its old keys and store but as files set aside: they may be all that
 * is left of what was never sent.
 */
function setAsideAll(folder: string, now: number): void {
  const files = [...readdirSync(folder).filter((name) => name.startsWith('station.db')), ...slotFiles(folder)];
  if (files.length === 0) return;
  const aside = join(folder, `before-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const name of files) renameSync(join(folder, name), join(aside, name));
}
