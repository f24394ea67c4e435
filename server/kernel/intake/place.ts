/** Which of the frames that came are next in their logs. Pure: decides on positions, touches no storage. */

import type { Json } from '#domain/kernel/json.ts';
import { CENTER_STATION } from '#domain/kernel/kernel.ts';
import { LogGapSchema, placeOf } from '#domain/kernel/log.ts';
import type { LogPosition, Range } from './port.ts';
import type { AuthenticFrame, Problem } from './prepare.ts';
import { covers, without } from './ranges.ts';

export interface Placed {
  readonly accepted: readonly AuthenticFrame[];
  readonly problems: readonly Problem[];
}

const CENTERS = 'c.';

/** A log for each site, so that what a site's stations see of the center is contiguous. No station's has such a name. */
export function centerLogOf(epoch: string, site: string): string {
  return `${CENTERS}${epoch}.${site}`;
}

function isCentersLog(log: string): boolean {
  return log.startsWith(CENTERS);
}

/** Of nobody, before its first fact, unless it is named as the center's own are. */
export function emptyPosition(log: string): LogPosition {
  const station = isCentersLog(log) ? CENTER_STATION : null;
  return { log, seq: 0, hash: null, station, site: null, gapTo: 0, holes: [] };
}

/**
 * Takes frames in the order they came and moves `positions` along.
 *
 * Invariants: a position is accepted once; a log belongs to the station of its first frame; a position is skipped only
 * where its station declared it lost, and is still accepted when someone brings it after all.
 */
export function placeFrames(
  frames: readonly AuthenticFrame[],
  positions: Map<string, LogPosition>,
  contentOf: (frame: AuthenticFrame) => Json | undefined,
): Placed {
  const accepted: AuthenticFrame[] = [];
  const problems: Problem[] = [];
  for (const frame of frames) {
    const { header } = frame;
    const held = positions.get(header.log) ?? emptyPosition(header.log);
    if (held.station !== null && held.station !== header.station) {
      problems.push({ log: header.log, seq: header.seq, why: 'forked' });
      continue;
    }
    const place = placeOf(held, header.seq, header.prev, held.gapTo);
    if (place === 'held') {
      if (!covers(held.holes, header.seq)) continue;
      positions.set(header.log, { ...held, holes: without(held.holes, header.seq) });
    } else if (place === 'next') {
      const skipped: Range[] = header.seq > held.seq + 1 ? [[held.seq + 1, header.seq - 1]] : [];
      positions.set(header.log, {
        ...held,
        seq: header.seq,
        hash: frame.hash,
        station: header.station,
        site: header.site,
        holes: [...held.holes, ...skipped],
      });
    } else {
      const from = place === 'ahead' ? { from: held.seq + 1 } : {};
      problems.push({ log: header.log, seq: header.seq, why: place, ...from });
      continue;
    }
    accepted.push(frame);
    if (header.type === 'log.gap') noteGap(frame, contentOf(frame), positions);
  }
  return { accepted, problems };
}

/** The logs whose gaps these frames declare: their positions have to be at hand too. */
export function gapLogs(
  frames: readonly AuthenticFrame[],
  contentOf: (frame: AuthenticFrame) => Json | undefined,
): string[] {
  return frames.flatMap((frame) => {
    if (frame.header.type !== 'log.gap') return [];
    const gap = LogGapSchema.safeParse(contentOf(frame));
    return gap.success ? [gap.data.log] : [];
  });
}

function noteGap(frame: AuthenticFrame, content: Json | undefined, positions: Map<string, LogPosition>): void {
  const gap = LogGapSchema.safeParse(content);
  if (!gap.success) return;
  const held = positions.get(gap.data.log) ?? emptyPosition(gap.data.log);
  // A station speaks for its own logs alone.
  if (held.station !== null && held.station !== frame.header.station) return;
  positions.set(gap.data.log, {
    ...held,
    station: frame.header.station,
    site: held.site ?? frame.header.site,
    gapTo: Math.max(held.gapTo, gap.data.to),
  });
}
