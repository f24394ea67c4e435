/** Which of the frames that came are next in their logs. Pure: decides on positions, touches no storage. */

import type { Json } from '#domain/kernel/json.ts';
import { CENTER_STATION } from '#domain/kernel/kernel.ts';
import { LogGapSchema, placeOf } from '#domain/kernel/log.ts';
import type { LogPlace, LogPosition, Range } from './port.ts';
import type { AuthenticFrame, Problem } from './prepare.ts';
import { covers, without } from './ranges.ts';

export interface Placed {
  readonly accepted: readonly AuthenticFrame[];
  /** Those that bring the body of a fact held by its header alone. */
  readonly completing: readonly AuthenticFrame[];
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

/** What came with a frame besides its header. */
export interface BodyOf {
  readonly content: (frame: AuthenticFrame) => Json | undefined;
  /** It brings the header alone: there is no body, or not the one that the header names. */
  readonly isMissing: (frame: AuthenticFrame) => boolean;
  /** It was erased: it is not to come any more. */
  readonly isErased: (frame: AuthenticFrame) => boolean;
}

export function placeName({ log, seq }: LogPlace): string {
  return `${seq} ${log}`;
}

/**
 * Takes frames in the order they came and moves `positions`, and `alone` (the hashes of headers held without their bodies, by
 * place), along.
 *
 * Invariants: a position is accepted once; a log belongs to the station of its first frame; a position is skipped only
 * where its station declared it lost, and is still accepted when someone brings it after all; a header that came alone gets the
 * body that it names, once, from whoever brings it. docs/adr/0034.
 */
export function placeFrames(
  frames: readonly AuthenticFrame[],
  positions: Map<string, LogPosition>,
  body: BodyOf,
  alone: Map<string, string>,
): Placed {
  const accepted: AuthenticFrame[] = [];
  const completing: AuthenticFrame[] = [];
  const problems: Problem[] = [];
  for (const frame of frames) {
    const { header } = frame;
    const held = positions.get(header.log) ?? emptyPosition(header.log);
    if (held.station !== null && held.station !== header.station) {
      problems.push({ log: header.log, seq: header.seq, why: 'forked' });
      continue;
    }
    const place = placeOf(held, header.seq, header.prev, held.gapTo);
    const isMissing = body.isMissing(frame);
    let to = accepted;
    if (place === 'held') {
      if (!covers(held.holes, header.seq)) continue;
      const known = alone.get(placeName(header));
      if (known !== undefined) {
        const comes = known === frame.hash && (body.content(frame) !== undefined || body.isErased(frame));
        if (!comes) continue;
        alone.delete(placeName(header));
        to = completing;
      }
      if (!isMissing) positions.set(header.log, { ...held, holes: without(held.holes, header.seq) });
    } else if (place === 'next') {
      const through = isMissing ? header.seq : header.seq - 1;
      const skipped: Range[] = through > held.seq ? [[held.seq + 1, through]] : [];
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
    to.push(frame);
    if (isMissing) alone.set(placeName(header), frame.hash);
    if (header.type === 'log.gap') noteGap(frame, body.content(frame), positions);
  }
  return { accepted, completing, problems };
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
