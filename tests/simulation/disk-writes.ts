/** What is to go wrong as a workstation's disk is written: the power goes at a commit, or there is no space. */
import type { Chance } from './chance.ts';
import type { DiskImage } from './drive.ts';

/** The disk where the power goes: as the commit left it, and as it was before where that last write is torn off. */
interface Cut {
  readonly before: DiskImage | null;
  readonly after: DiskImage;
}

export interface DiskWrites {
  /** The power goes at the `commits`-th commit from now: right after it, or with that last write torn off. */
  readonly cutAt: (commits: number, torn: boolean) => void;
  readonly noCut: () => void;
  /** From now on that share of what is written is refused: 1 is a full disk. 0 ends it. */
  readonly fill: (share: number) => void;
  readonly isFilling: () => boolean;
  /** To be asked at every write. */
  readonly refuses: () => boolean;
  /** To be asked after every commit: null where the power stays. */
  readonly committed: () => Cut | null;
  /** What was copied back is on disk before anything else is written: a write that is torn later is torn off that. */
  readonly rested: () => void;
}

/** `image` is asked while a process has the disk open. */
export function createDiskWrites(image: () => DiskImage, chance: Chance): DiskWrites {
  let armed: { left: number; torn: boolean; before: DiskImage | null } | null = null;
  let full = 0;
  return {
    cutAt: (commits, torn) => {
      armed = { left: commits, torn, before: torn && commits === 1 ? image() : null };
    },
    noCut: () => {
      armed = null;
    },
    fill: (share) => {
      full = share;
    },
    isFilling: () => full > 0,
    refuses: () => full > 0 && chance.happens(full),
    committed: () => {
      if (!armed) return null;
      armed.left--;
      if (armed.left > 0) {
        if (armed.torn && armed.left === 1) armed.before = image();
        return null;
      }
      const { before } = armed;
      armed = null;
      return { before, after: image() };
    },
    rested: () => {
      if (armed?.before) armed.before = image();
    },
  };
}
