/** A workstation's disk while no process has it open, and what damage to it comes to until it is salvaged. */
import type { OpenStore } from '../../server-bridge/store/open.ts';
import type { Chance } from './chance.ts';
import type { Damaged, DiskImage, Drive, Kept } from './drive.ts';
import { isDamaged } from './power.ts';

export interface StationDisk {
  /** It is new, or was lost. */
  readonly isEmpty: () => boolean;
  /** What a process leaves on it, or what is put there instead; null for an empty one. */
  readonly put: (image: DiskImage | null) => void;
  /** False where it is one that cannot be damaged, or an empty one. */
  readonly damage: () => boolean;
  /**
   * Opens what is on it; sets it aside and refills the store from it where damage stands in the way, or where it is of who
   * the workstation was before. Throws where that does not help either.
   */
  readonly open: (
    options: Parameters<Drive['open']>[1],
    isAnothers: boolean,
  ) => { readonly store: OpenStore; readonly isSalvaged: boolean };
  /** Whether damage done to it explains an error. */
  readonly explains: (error: unknown) => boolean;
  /** Damage was met: who opens it next salvages. */
  readonly met: () => void;
  /** Nothing of the damage is left to be met. */
  readonly isWhole: () => void;
  /** What it still has, since it was damaged and until it is known to be whole again. */
  readonly keeps: () => Kept | undefined;
  /** In how many ms somebody looks for damage that nothing has met; null where there never was any. */
  readonly scrubbedIn: () => number | null;
}

export function createStationDisk(name: string, drive: Drive, chance: Chance): StationDisk {
  let disk: DiskImage | null = null;
  let damaged: Damaged | null = null;
  /** Also of a copy that was made of it then. */
  let harmed = false;
  let salvages = false;
  return {
    isEmpty: () => disk === null,
    put: (image) => {
      disk = image;
    },
    damage: () => {
      if (!drive.damaged || !disk) return false;
      harmed = true;
      damaged = drive.damaged(disk, chance);
      disk = damaged.image;
      return true;
    },
    open: (options, isAnothers) => {
      const takesOver = isAnothers && disk !== null;
      let opened = salvages || takesOver ? null : drive.open(disk, options);
      const isHarmed = disk !== null && harmed && (!opened || (!opened.ok && opened.state === 'corrupted'));
      const isSalvaged = isHarmed || takesOver;
      if (isSalvaged) opened = drive.salvage(disk as DiskImage, options);
      if (!opened?.ok) throw new Error(`${name}: ${opened?.message}`);
      salvages = false;
      return { store: opened.store, isSalvaged };
    },
    explains: (error) => harmed && isDamaged(error),
    met: () => {
      salvages = true;
    },
    isWhole: () => {
      damaged = null;
    },
    keeps: () => damaged?.keeps,
    scrubbedIn: () => (harmed ? chance.between(0, 90_000) : null),
  };
}
