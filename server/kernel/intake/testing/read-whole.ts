/** A center's log that tells of which entities its steps read all facts. */
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { CenterLog } from '../port.ts';

export interface ReadWhole {
  readonly log: CenterLog;
  /** Whatever was read whole so far, in order. */
  readonly read: readonly EntityRef[];
}

export function tellingWhatIsReadWhole(of: CenterLog): ReadWhole {
  const read: EntityRef[] = [];
  const log: CenterLog = {
    ...of,
    intake: (org, work, ...how) =>
      of.intake(
        org,
        (tx) =>
          work({
            ...tx,
            factsAbout: (ref) => {
              read.push(ref);
              return tx.factsAbout(ref);
            },
          }),
        ...how,
      ),
  };
  return { log, read };
}
