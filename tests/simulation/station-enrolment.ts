/** As whom a workstation of a run works: enrolled anew it is another one, and a disk that goes back is of who it was then. */
import type { DiskImage } from './drive.ts';

export interface Enrolment {
  readonly id: () => string;
  /** Of what stands in a number that it goes on with by itself. */
  readonly short: () => string;
  readonly anew: () => void;
  readonly copied: (disk: DiskImage) => void;
  readonly wentBack: (disk: DiskImage) => void;
}

export function createEnrolment(name: string): Enrolment {
  let times = 1;
  let enrolled = 1;
  const copiedAs = new WeakMap<DiskImage, number>();
  return {
    id: () => (enrolled === 1 ? name : `${name}-${enrolled}`),
    short: () =>
      name
        .toUpperCase()
        .repeat(3)
        .slice(0, enrolled === 1 ? 3 : 2) + (enrolled === 1 ? '' : enrolled),
    anew: () => {
      enrolled = ++times;
    },
    copied: (disk) => void copiedAs.set(disk, enrolled),
    wentBack: (disk) => {
      enrolled = copiedAs.get(disk) ?? enrolled;
    },
  };
}
