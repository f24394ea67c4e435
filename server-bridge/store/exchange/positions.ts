/** Where this station stands: heads per log, what the center acknowledged, what still has to reach it. */
import type { KeyEnvelope } from '../../../domain/kernel/envelope.ts';
import { type Frame, readPlace } from '../../../domain/kernel/fact.ts';
import type { EntityRef, FactId } from '../../../domain/kernel/ids.ts';
import { CENTER_STATION } from '../../../domain/kernel/kernel.ts';
import type { LogHead } from '../../../domain/kernel/log.ts';
import { type Ack, ackText } from '../../../domain/kernel/stream.ts';
import { headerHash } from '../../../sealing/digest.ts';
import { signatureHolds } from '../../../sealing/signing.ts';
import type { Core, Tx } from '../core.ts';
import { type LogState, logNumOf, posOf, seqOf } from '../facts/logs.ts';
import { cursorOf } from './stream.ts';

/** Logs that are exchanged whole, position by position: those of this site's stations. */
function exchanged(core: Core, logs: readonly LogState[]): LogState[] {
  return logs.filter(
    (log) => log.seq > 0 && log.station !== CENTER_STATION && (log.site === null || log.site === core.identity.site),
  );
}

export function headsOf(core: Core): LogHead[] {
  return exchanged(core, core.logs.all()).map(core.logs.head);
}

/**
 * Those of which there is something to say: facts lie here, or the center may lack some. Each start of each workstation makes a log, a
 * hundred thousand in five years of a large room; of those whose facts went with what they were about there is nothing to offer or ask for.
 */
function spokenOf(core: Core): LogState[] {
  const logs = new Set([...core.logs.filledOnes(), ...core.logs.unsent()]);
  return exchanged(core, [...logs]).sort((a, b) => a.num - b.num);
}

export function spokenHeads(core: Core): LogHead[] {
  return spokenOf(core).map(core.logs.head);
}

/** Those that the center lacks something of come last: of too many logs for a greeting it is the first that are left out. */
export function heldLogs(core: Core): { log: string; seq: number; ack: Ack | null }[] {
  const isUnsentLog = (log: LogState): number => Number(log.seq > log.center);
  return spokenOf(core)
    .sort((a, b) => isUnsentLog(a) - isUnsentLog(b) || a.num - b.num)
    .map((log) => ({ log: log.id, seq: log.seq, ack: log.ack }));
}

/** Takes note of what the center holds: acknowledgments of this epoch, signed by it, of the very bytes that are held here. */
export function acknowledge(core: Core, acks: readonly Ack[], taken: readonly Frame[] = []): void {
  const centerKeys = core.roster()?.centerKeys ?? [];
  const epoch = cursorOf(core)?.epoch ?? null;
  const good = acks.filter((ack) => {
    if (epoch !== null && ack.epoch !== epoch) return false;
    if (!centerKeys.some((key) => signatureHolds(key, ackText(ack), ack.sig))) return false;
    // An acknowledgment of other bytes than those held here says nothing about these.
    const log = core.logs.get(ack.log);
    const text = log && ack.hash !== null ? core.facts.headerAt(posOf(log, ack.seq)) : undefined;
    return text === undefined || headerHash(text) === ack.hash;
  });
  const moving = good.filter((ack) => {
    const log = core.logs.get(ack.log);
    return log !== undefined && (log.ack?.epoch !== ack.epoch || log.ack.seq < ack.seq);
  });
  const offered = straysIn(core, good, taken);
  if (moving.length === 0 && offered.length === 0) return;
  const keepAcks = (tx: Tx): void => {
    for (const pos of offered) {
      core.strays.arrived(pos);
      tx.acked = true;
    }
    for (const ack of moving) {
      const log = core.logs.get(ack.log);
      if (!log || (log.ack?.epoch === ack.epoch && log.ack.seq >= ack.seq)) continue;
      log.ack = ack;
      log.center = Math.max(log.center, ack.seq);
      core.logs.touch(log);
      tx.acked = true;
    }
  };
  // One that a power cut takes leaves its facts to be pushed again, and the center says the same again.
  core.write('center', keepAcks, 'soon');
}

/**
 * What the center may have passed over, and took when it was offered to it. Where this station began from a snapshot the stream
 * may have brought it before, and never does again.
 */
function straysIn(core: Core, acks: readonly Ack[], taken: readonly Frame[]): number[] {
  if (core.strays.all().length === 0) return [];
  const through = new Map(acks.map((ack) => [ack.log, ack.seq]));
  return taken.flatMap(({ h }) => {
    const place = readPlace(h);
    const log = place && place.seq <= (through.get(place.log) ?? 0) ? core.logs.get(place.log) : undefined;
    const pos = log && place ? posOf(log, place.seq) : null;
    return pos !== null && core.strays.has(pos) && core.facts.headerAt(pos) === h ? [pos] : [];
  });
}

/** One entry a log: from the first position that the center is not known to hold, how many such facts are held. */
export function unacknowledged(
  core: Core,
): { log: string; from: number; through: number; count: number; own: boolean }[] {
  const logs = new Set(core.logs.unsent());
  for (const pos of core.strays.all()) {
    const log = core.logs.at(logNumOf(pos));
    if (log) logs.add(log);
  }
  return [...logs].map((log) => {
    const passedOver = strayBehind(core, log);
    const from = Math.min(log.center + 1, seqOf(passedOver[0] ?? posOf(log, log.center + 1)));
    return { log: log.id, from, through: log.seq, count: ahead(core, log) + passedOver.length, own: log.own };
  });
}

/** Facts held beyond what the center is known to hold. */
function ahead(core: Core, log: LogState): number {
  return Math.max(0, log.seq - log.center - core.strays.lost(log, log.center + 1, log.seq));
}

/** Facts held that the center may have passed over. */
function strayBehind(core: Core, log: LogState): readonly number[] {
  return core.strays.all(log).filter((pos) => seqOf(pos) <= log.center);
}

export function unsentTotal(core: Core): number {
  return unacknowledged(core).reduce((sum, log) => sum + log.count, 0);
}

export function isUnsent(core: Core, id: FactId): boolean {
  const pos = core.facts.posOfId(id);
  if (pos === undefined) return false;
  const log = core.logs.at(logNumOf(pos));
  return log !== undefined && (seqOf(pos) > log.center || core.strays.has(pos));
}

/** Unsent facts about an entity: of each unsent log, which are few, those beyond what the center holds. */
export function unsentAbout(core: Core, ref: EntityRef): number {
  const logs = core.logs.unsent();
  const strays = core.strays.all();
  if (logs.length === 0 && strays.length === 0) return 0;
  const beyond = logs.reduce((sum, log) => sum + core.entities.countFrom(ref, posOf(log, log.center + 1)), 0);
  const behind = strays.filter((pos) => seqOf(pos) <= (core.logs.at(logNumOf(pos))?.center ?? 0));
  return behind.filter((pos) => core.entities.isAbout(ref, pos)).length + beyond;
}

export function framesFrom(
  core: Core,
  id: string,
  from: number,
  limit: number,
): { frames: Frame[]; keys: KeyEnvelope[] } {
  const log = core.logs.get(id);
  if (!log || from > log.seq) return { frames: [], keys: [] };
  const rows = core.facts.range(posOf(log, Math.max(1, from)), posOf(log, log.seq), limit);
  const named = new Set(rows.flatMap((row) => (row.k === null ? [] : [row.k])));
  return { frames: rows.map(core.facts.frame), keys: core.keys.envelopes(named) };
}
