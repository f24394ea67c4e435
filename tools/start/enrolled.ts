import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, EndedEarly } from './child.ts';
import { type StationOptions, type StationProcess, type StationReady, startStationProcess } from './processes.ts';

/** A station that runs, and how the same one is started again. */
export interface RunningStation {
  readonly process: StationProcess;
  readonly ready: StationReady;
  readonly again: () => StationProcess;
}

/**
 * Starts a station, enrolling it first where it is not. `code` is asked for only then: codes are for one use. One that is
 * enrolled is started with a code that a person has `given`, too: its keys may be lost, or the center may not take it any more;
 * where neither is so it leaves the code unused.
 *
 * @throws EndedEarly with the station's own sentence where it cannot run
 */
export async function startEnrolled(
  options: Omit<StationOptions, 'code'>,
  code: () => Promise<string | null>,
  onStart: (child: Child) => void = () => {},
  given: string | null = null,
): Promise<RunningStation> {
  const again = (): StationProcess => startStationProcess(options);
  const start = async (process: StationProcess): Promise<RunningStation> => {
    onStart(process.child);
    return { process, ready: await process.ready, again };
  };
  const enrolling = async (): Promise<RunningStation> => {
    const given = await code();
    return start(startStationProcess(given === null ? options : { ...options, code: given }));
  };
  if (!isEnrolled(options.folder)) return enrolling();
  try {
    return await start(given === null ? again() : startStationProcess({ ...options, code: given }));
  } catch (error) {
    // A start that was cut off in its enrolment left a store that belongs to nobody yet.
    if (error instanceof EndedEarly && error.said.includes('is not enrolled')) return enrolling();
    throw error;
  }
}

/** Whether there is a store, and so most likely an enrolled station, in a folder. */
export function isEnrolled(folder: string): boolean {
  return existsSync(join(folder, 'station.db'));
}
