/** Facts made elsewhere, as peers hand them over, and the one way any of them is put in its place. */
import type { KeyEnvelope } from '../../../domain/kernel/envelope.ts';
import type { Fact, Frame } from '../../../domain/kernel/fact.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import { isErasure } from '../../../domain/kernel/kernel.ts';
import { LogGapSchema, placeOf } from '../../../domain/kernel/log.ts';
import { openBody } from '../../../sealing/frame.ts';
import { type Core, keep, openAwaiting, type ReadFrame, readable, type Tx } from '../core.ts';
import { isSparse, readFrame, signatureOf } from '../facts/authentic.ts';
import { type LogState, posOf } from '../facts/logs.ts';
import { eraseEntity } from '../keys/erase.ts';
import type { Accepted } from '../store.ts';

type Problem = Accepted['problems'][number];

export function acceptFrames(
  core: Core,
  frames: readonly Frame[],
  keys: readonly KeyEnvelope[],
  origin: 'peer' | 'center',
): Accepted {
  return core.write(origin, (tx) => {
    takeKeys(core, tx, keys);
    const held = new Map<string, number>();
    const problems: Problem[] = [];
    let applied = 0;
    for (const frame of frames) {
      const read = readFrame(core, frame);
      if (!read) {
        problems.push({ log: '', seq: 0, why: 'unreadable' });
        continue;
      }
      // The center's word and other sites' come on the stream alone. A peer may have them of an epoch that is over here, and a
      // verdict that a restore took from the center would stand at this station for ever.
      if (origin === 'peer' && isSparse(core, read.header)) continue;
      const taken = takeFrame(core, tx, read);
      if (taken === 'taken') applied++;
      else if (taken !== 'held') problems.push(taken);
      const log = core.logs.get(read.header.log);
      if (log) held.set(log.id, log.seq);
    }
    takePending(core, tx);
    return { held, applied, problems };
  });
}

/** Keeps keys that came, and folds the facts that waited for them. */
export function takeKeys(core: Core, tx: Tx, keys: readonly KeyEnvelope[]): void {
  for (const envelope of keys) {
    const opened = core.keys.put(envelope);
    if (opened === null) continue;
    openAwaiting(core, tx, opened);
    if (core.pending.unders().has(envelope.entity)) takeUnnamed(core, tx, envelope.entity);
  }
}

/**
 * Takes facts that a damaged disk gave back without the name of the key that sealed them, and that a key of this entity opens: a
 * body that is the one its header names names its key.
 */
export function takeUnnamed(core: Core, tx: Tx, under: EntityRef): void {
  for (const frame of core.pending.unnamedUnder(under)) {
    const read = readFrame(core, frame);
    const key = read && keyOf(core, read, under);
    if (!read || !key) continue;
    const taken = takeFrame(core, tx, { ...read, frame: { ...frame, k: key } });
    if (taken === 'taken' || taken === 'held') core.pending.dropUnnamed(read.header.log, read.header.seq);
  }
}

function keyOf(core: Core, { frame, header }: ReadFrame, under: EntityRef): string | null {
  for (const num of core.keys.ofEntity(under)) {
    const [id, bytes] = [core.keys.idOf(num), core.keys.bytesOf(num)];
    if (id !== null && bytes && openBody({ ...frame, k: id }, header, bytes) !== undefined) return id;
  }
  return null;
}

/** Verifies a frame and takes it where it is next, or where it fills a place that was passed over. */
export function takeFrame(core: Core, tx: Tx, read: ReadFrame): 'taken' | 'held' | Problem {
  const { header } = read;
  const at = { log: header.log, seq: header.seq };
  const known = core.logs.get(header.log);
  if (known && header.seq <= known.seq) {
    const text = core.facts.headerAt(posOf(known, header.seq));
    if (text !== undefined) {
      if (text !== read.frame.h) return { ...at, why: 'forked' };
      completeBody(core, tx, known, read);
      return 'held';
    }
    if (isCovered(core, known, read)) return 'held';
  }
  const verdict = signatureOf(core, read);
  if (verdict === 'unknown') return { ...at, why: 'ahead', device: header.station };
  if (verdict === 'forged' || (known?.station && known.station !== header.station)) return { ...at, why: 'forged' };
  if (!isSparse(core, header)) {
    const head = known ? core.logs.head(known) : { log: header.log, seq: 0, hash: null };
    const there = header.seq <= head.seq ? 'next' : placeOf(head, header.seq, header.prev, known?.gap ?? 0);
    if (there === 'ahead' || there === 'forked') return { ...at, why: there };
  }
  const log = known ?? core.logs.make(header.log);
  const passedOver = header.seq <= log.center;
  place(core, tx, log, read);
  // The center's word covers this position, unless it is one that was declared lost: it may have passed over it.
  if (passedOver && core.strays.declared(log, header.seq)) core.strays.add(posOf(log, header.seq));
  return 'taken';
}

/** Gives a fact whose body a damaged disk lost its body back. */
export function completeBody(core: Core, tx: Tx, log: LogState, read: ReadFrame): void {
  const pos = posOf(log, read.header.seq);
  if (read.frame.b === null || !core.facts.isBare(pos)) return;
  if (read.header.seq <= log.indexed) tx.settle = true;
  core.facts.remove(pos, read.header.id);
  const fact = core.facts.insert(pos, read.frame, read.header);
  if (fact.type === 'log.gap') noteGap(core, fact);
  // One whose key is still to come opens with it.
  if (fact.content !== undefined) readable(core, tx, fact);
}

/** Takes facts that a damaged disk gave back and that waited for what comes before them, or for who wrote them to be known. */
export function takePending(core: Core, tx: Tx): void {
  for (const id of core.pending.logs()) {
    for (let goesOn = true; goesOn; ) {
      const frames = core.pending.takeThrough(id, (core.logs.get(id)?.seq ?? 0) + 1);
      goesOn = frames.length > 0;
      for (const frame of frames) {
        const read = readFrame(core, frame);
        const taken = read && takeFrame(core, tx, read);
        if (!read || !isOfUnknown(taken)) continue;
        core.pending.add(id, read.header.seq, frame);
        goesOn = false;
      }
    }
  }
}

function isOfUnknown(taken: 'taken' | 'held' | Problem | null): boolean {
  return typeof taken === 'object' && taken?.device !== undefined;
}

/** True for a fact that is not held because the bases of everything it is about include it. */
export function isCovered(core: Core, log: LogState, { header }: ReadFrame): boolean {
  return header.seq <= log.floor && header.about.every(core.entities.hasBase);
}

/** Keeps an authentic frame and moves its log's head, if it is beyond it. */
export function place(core: Core, tx: Tx, log: LogState, read: ReadFrame): Fact {
  const { header } = read;
  log.station = header.station;
  log.site = header.site;
  if (header.station === core.identity.station) log.own = true;
  if (header.seq > log.seq) {
    log.seq = header.seq;
    log.hash = read.hash;
  }
  // What a sparse log holds here came from the center, by whatever way.
  if (isSparse(core, header)) log.center = log.seq;
  core.logs.touch(log);
  core.clock.observe(header.hlc);
  const fact = keep(core, tx, log, read);
  if (fact.type === 'log.gap') noteGap(core, fact);
  if (isErasure(fact)) {
    for (const ref of fact.about) eraseEntity(core, tx, ref);
  }
  return fact;
}

/** A station's own word about which of its positions are lost lets its later ones be taken. */
function noteGap(core: Core, fact: Fact): void {
  const gap = LogGapSchema.safeParse(fact.content);
  if (!gap.success) return;
  const log = core.logs.get(gap.data.log) ?? core.logs.make(gap.data.log);
  if (log.station !== null && log.station !== fact.station) return;
  log.gap = Math.max(log.gap, gap.data.to);
  core.logs.touch(log);
  core.strays.declare(log, gap.data.from, gap.data.to);
}
