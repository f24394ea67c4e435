/**
 * The center's stream and snapshots: applied at cursor + 1 and nowhere else. A page and the cursor that it moves are one
 * commit, so a power cut that takes the page takes the cursor with it and the page comes again.
 */
import { type FactHeader, type Frame, isHeaderAlone } from '../../../domain/kernel/fact.ts';
import { FACT_CONTESTED, FACT_SETTLED, type Folded } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import { CENTER_STATION } from '../../../domain/kernel/kernel.ts';
import type { Cursor, StreamItem, StreamPage } from '../../../domain/kernel/stream.ts';
import type { Snapshot } from '../../../domain/wire/sync.ts';
import { headerHash, itemHash } from '../../../sealing/digest.ts';
import type { Core, ReadFrame, Tx } from '../core.ts';
import { forgedOnStream, headerOf, isSparseLog } from '../facts/authentic.ts';
import { type LogState, logNumOf, posOf, seqOf } from '../facts/logs.ts';
import { putRecord } from '../from-center/records.ts';
import { completeBody, isCovered, place, takeKeys, takePending } from './accept.ts';

type Marker = Extract<StreamItem, { marker: unknown }>['marker'];

export function cursorOf(core: Core): Cursor | null {
  return core.meta.read<Cursor>('cursor') ?? null;
}

/** What stood at a cursor: another build may have moved the cursor without it. */
interface StandsOn extends Cursor {
  readonly hash: string;
}

/** Hash of the item at the cursor; null where it is not known. */
export function cursorHashOf(core: Core): string | null {
  const [cursor, stands] = [cursorOf(core), core.meta.read<StandsOn>('standsOn')];
  return cursor && stands && stands.epoch === cursor.epoch && stands.n === cursor.n ? stands.hash : null;
}

function moveCursor(core: Core, cursor: Cursor, last: StreamItem | undefined): void {
  core.meta.write('cursor', cursor);
  if (last?.n === cursor.n) core.meta.write('standsOn', { ...cursor, hash: itemHash(last) } satisfies StandsOn);
}

/** Takes a page of the stream and moves the cursor, in one transaction; `gap` where it does not go on from the cursor. */
export function applyPage(core: Core, page: StreamPage): 'applied' | 'gap' {
  const cursor = cursorOf(core) ?? { epoch: page.epoch, n: 0 };
  if (cursor.epoch !== page.epoch || cursor.n !== page.from) return 'gap';
  if (page.items.some((item, i) => item.n !== page.from + i + 1)) return 'gap';
  const came = page.items.map((item) => lookedAt(core, item));
  const forged = forgedOnStream(core, came.map(onlyRead));
  const apply = (tx: Tx): void => {
    takeKeys(core, tx, page.keys);
    applyItems(core, tx, page.items, came, forged, false);
    moveCursor(core, { epoch: page.epoch, n: page.from + page.items.length }, page.items.at(-1));
  };
  core.write('center', apply, 'soon');
  return 'applied';
}

/** Where a fact stands that is held already, header for header: it was read and verified when it came. */
interface HeldPlace {
  readonly log: LogState;
  readonly seq: number;
}

/**
 * Most of what the stream brings has come from peers before it, or, in a new epoch, from the stream itself: of that it is
 * enough to see that it is the same. Null for what is no frame, or none of this organisation.
 */
function lookedAt(core: Core, item: StreamItem): ReadFrame | HeldPlace | null {
  if (!('frame' in item)) return null;
  const { frame } = item;
  const header = headerOf(core, frame);
  return header && (heldPlace(core, frame, header) ?? { frame, header, hash: headerHash(frame.h) });
}

function heldPlace(core: Core, frame: Frame, { log: id, seq }: FactHeader): HeldPlace | null {
  const log = core.logs.get(id);
  if (!log || seq > log.seq) return null;
  const pos = posOf(log, seq);
  if (core.facts.headerAt(pos) !== frame.h) return null;
  // A body that a damaged disk lost is about to come back with these bytes: they are read and verified like new ones.
  return frame.b !== null && core.facts.isBare(pos) ? null : { log, seq };
}

function onlyRead(came: ReadFrame | HeldPlace | null): ReadFrame | null {
  return came && 'header' in came ? came : null;
}

function applyItems(
  core: Core,
  tx: Tx,
  items: StreamPage['items'],
  came: readonly (ReadFrame | HeldPlace | null)[],
  forged: ReadonlySet<ReadFrame>,
  wanted: boolean,
): void {
  items.forEach((item, i) => {
    if ('record' in item) putRecord(core, tx, item.record);
    else if ('marker' in item) noteMarker(core, item.marker);
    else {
      const read = came[i];
      if (!read) return;
      if ('seq' in read) isThere(core, tx, read.log, read.seq, item.frame);
      else if (!forged.has(read)) applyFrame(core, tx, read, wanted);
      else passOver(core, tx, read.header);
    }
  });
  takePending(core, tx);
}

/** What the center numbered is taken wherever it stands; it holds the log through there. */
function applyFrame(core: Core, tx: Tx, read: ReadFrame, wanted: boolean): void {
  const { header } = read;
  const log = core.logs.get(header.log) ?? core.logs.make(header.log);
  const pos = posOf(log, header.seq);
  const text = header.seq <= log.seq ? core.facts.headerAt(pos) : undefined;
  const forked = text !== undefined && text !== read.frame.h && !log.own;
  if (forked) dropFrom(core, tx, log, header.seq);
  const held = text !== undefined && !forked;
  if (held) completeBody(core, tx, log, read);
  else if (wanted || !isCovered(core, log, read)) place(core, tx, log, read);
  isThere(core, tx, log, header.seq, read.frame);
}

/** The center holds a log through there. Also without a gap: an acknowledgment may be further than what is held here. */
function isThere(core: Core, tx: Tx, log: LogState, seq: number, frame: Frame): void {
  const pos = posOf(log, seq);
  // The center had it of somebody whose disk had lost the body: it takes that of whoever has it, and says it again, whole.
  if (isHeaderAlone(frame) && core.facts.hasBody(pos) && core.facts.headerAt(pos) === frame.h) core.strays.add(pos);
  else core.strays.arrived(pos);
  reachedCenter(core, tx, log.id, seq);
}

/**
 * A log was written twice, which no station does that is in its right mind, and a peer told this one of the past that the
 * center has not taken. Only one may stand, and what the center numbered is what everybody can hold: the rest goes.
 */
function dropFrom(core: Core, tx: Tx, log: LogState, seq: number): void {
  for (const row of core.facts.range(posOf(log, seq), posOf(log, log.seq), log.seq)) {
    const fact = core.facts.open(row);
    for (const ref of fact.about) {
      core.entities.without(ref, row.pos);
      tx.entities.add(ref);
    }
    core.facts.remove(row.pos, fact.id);
    core.strays.arrived(row.pos);
  }
  log.seq = seq - 1;
  log.hash = null;
  core.logs.touch(log);
}

function reachedCenter(core: Core, tx: Tx, id: string, seq: number): void {
  const log = core.logs.get(id);
  if (!log || log.center >= seq) return;
  log.center = seq;
  core.logs.touch(log);
  tx.acked = true;
}

/** It says nothing of where the log is: whoever sent those bytes may have named any log, and the real ones are still to come. */
function noteMarker(core: Core, marker: Marker): void {
  core.db
    .sql('INSERT INTO marker(log, seq, reason) VALUES(?, ?, ?) ON CONFLICT DO NOTHING')
    .run(marker.log, marker.seq, marker.reason);
}

/** What the center numbered and this station cannot take for its author's: the center holds the log through there. */
function passOver(core: Core, tx: Tx, { log: id, seq }: FactHeader): void {
  noteMarker(core, { log: id, seq, reason: 'signature does not hold' });
  const log = core.logs.get(id) ?? core.logs.make(id);
  if (seq === log.seq + 1 && !log.own) {
    log.seq = seq;
    log.hash = null;
    core.logs.touch(log);
    // No fact stands there that a head could be found by again.
    tx.settle = true;
  }
  reachedCenter(core, tx, log.id, seq);
}

/**
 * Begins from what the center folded: older entities come as states that cover its logs through `heads`, the open and
 * recent ones as facts. What this station holds beyond that is folded on.
 */
export function applySnapshot(core: Core, snapshot: Snapshot): void {
  const came = snapshot.page.items.map((item) => lookedAt(core, item));
  const forged = forgedOnStream(core, came.map(onlyRead));
  const through = new Map(snapshot.heads.map((head) => [head.log, head.seq]));
  const covers = (pos: number): boolean => {
    const log = core.logs.at(logNumOf(pos));
    return log !== undefined && seqOf(pos) <= (through.get(log.id) ?? (isSparseLog(core, log) ? log.seq : 0));
  };
  core.write('center', (tx) => {
    takeKeys(core, tx, snapshot.page.keys);
    for (const state of snapshot.folded as unknown as Folded[]) {
      core.entities.rebase(state, covers);
      tx.entities.add(state.ref);
    }
    for (const head of snapshot.heads) {
      const log = core.logs.get(head.log) ?? core.logs.make(head.log);
      if (log.seq < head.seq) {
        log.seq = head.seq;
        log.hash = head.hash;
      }
      log.floor = Math.max(log.floor, head.seq);
      core.logs.touch(log);
      reachedCenter(core, tx, log.id, head.seq);
    }
    applyItems(core, tx, snapshot.page.items, came, forged, true);
    tx.settle = true;
    moveCursor(core, snapshot.cursor, snapshot.page.items.at(-1));
  });
}

/**
 * Takes all facts that the center holds about an entity, and folds it whole from them. What comes late, of an epoch before this
 * one, says nothing: neither its verdicts nor that the center holds these facts.
 */
export function fillEntity(core: Core, ref: EntityRef, page: StreamPage): void {
  if (cursorOf(core)?.epoch !== page.epoch) return;
  const came = page.items.map((item) => lookedAt(core, item));
  const forged = forgedOnStream(core, came.map(onlyRead));
  core.write('center', (tx) => {
    takeKeys(core, tx, page.keys);
    applyItems(core, tx, page.items, came, forged, true);
    // One that was put back may know nothing of it: the last known state is all there is then, until somebody brings the facts.
    if (core.entities.positionsOf(ref).length === 0) return;
    core.entities.complete(ref);
    tx.entities.add(ref);
  });
}

/**
 * What the center held in another epoch is offered again, what it said is unsaid, and the stream is read from its beginning.
 */
export function beginEpoch(core: Core, epoch: string): void {
  if (cursorOf(core)?.epoch === epoch) return;
  core.write('center', (tx) => {
    for (const log of core.logs.all()) {
      // Sparse logs cannot be offered again: they are the center's own, or another site's.
      log.center = isSparseLog(core, log) ? log.seq : log.ack?.epoch === epoch ? log.ack.seq : 0;
      core.logs.touch(log);
      core.strays.again(log);
    }
    unsayVerdicts(core, tx);
    core.entities.doubtJudged();
    core.records.giveWay();
    moveCursor(core, { epoch, n: 0 }, undefined);
    tx.acked = true;
  });
}

/**
 * The center's own log is one per epoch: what it judged in an earlier one counts where the stream of this one brings it
 * again. Kept, a verdict that a restore took from the center would stand here alone for ever.
 */
function unsayVerdicts(core: Core, tx: Tx): void {
  for (const log of core.logs.all()) {
    if (log.station !== CENTER_STATION) continue;
    // A snapshot covered it too, by what was said then.
    log.floor = 0;
    core.logs.touch(log);
    for (const row of core.facts.range(posOf(log, 1), posOf(log, log.seq), log.seq)) {
      const fact = core.facts.open(row);
      if (fact.type !== FACT_CONTESTED && fact.type !== FACT_SETTLED) continue;
      for (const ref of fact.about) {
        core.entities.without(ref, row.pos);
        tx.entities.add(ref);
      }
      core.facts.remove(row.pos, fact.id);
    }
  }
}
