/**
 * The center's words of what it erased, as this station holds them. A center that is put back from a backup has forgotten those said
 * since, and has the keys again: in each epoch it is shown them once.
 */
import type { Frame } from '../../../domain/kernel/fact.ts';
import { CENTER_STATION, isErasure } from '../../../domain/kernel/kernel.ts';
import type { Core } from '../core.ts';
import { posOf } from '../facts/logs.ts';
import { cursorOf } from './stream.ts';

const SHOWN_IN = 'erasuresShown';

/** Those that the center of this epoch was not shown yet. */
export function erasuresToShow(core: Core): readonly Frame[] {
  const epoch = cursorOf(core)?.epoch;
  if (epoch === undefined || core.meta.read(SHOWN_IN) === epoch || !core.keys.anyErased()) return [];
  return core.logs
    .all()
    .filter(({ station }) => station === CENTER_STATION)
    .flatMap((log) => core.facts.range(posOf(log, 1), posOf(log, log.seq), log.seq))
    .filter((row) => isErasure(core.facts.open(row)))
    .map((row) => core.facts.frame(row));
}

export function erasuresShown(core: Core, epoch: string): void {
  core.write('center', () => core.meta.write(SHOWN_IN, epoch), 'soon');
}
