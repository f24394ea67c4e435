/** Where this station stands: heads per log, what the center acknowledged, what still has to reach it. */
import type { KeyEnvelope } from '../../domain/kernel/envelope.ts';
import type { Frame } from '../../domain/kernel/fact.ts';
import type { EntityRef, FactId } from '../../domain/kernel/ids.ts';
import type { LogHead } from '../../domain/kernel/log.ts';
import { type Ack, ackText } from '../../domain/kernel/stream.ts';
import { headerHash } from '../../sealing/digest.ts';
import { signatureHolds } from '../../sealing/signing.ts';
import { CENTER_STATION } from './authentic.ts';
import type { Core } from './core.ts';
import { type LogState, logNumOf, posOf, seqOf } from './logs.ts';
import { cursorOf } from './stream.ts';

/** Logs that are exchanged whole, position by position: those of this site's stations. */
function exchanged(core: Core): LogState[] {
  return core.logs
    .all()
    .filter(
      (log) => log.seq > 0 && log.station !== CENTER_STATION && (log.site === null || log.site === core.identity.site),
    );
}

export function headsOf(core: Core): LogHead[] {
  return exchanged(core).map(core.logs.head);
}

export function heldLogs(core: Core): { log: string; seq: number; ack: Ack | null }[] {
  return exchanged(core).map((log) => ({ log: log.id, seq: log.seq, ack: log.ack }));
}

export function acknowledge(core: Core, acks: readonly Ack[]): void {
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
  if (moving.length === 0) return;
  core.write('center', (tx) => {
    for (const ack of moving) {
      const log = core.logs.get(ack.log);
      if (!log || (log.ack?.epoch === ack.epoch && log.ack.seq >= ack.seq)) continue;
      log.ack = ack;
      log.center = Math.max(log.center, ack.seq);
      core.logs.touch(log);
      tx.acked = true;
    }
  });
}

export function unacknowledged(core: Core): { log: string; from: number; count: number; own: boolean }[] {
  return core.logs
    .unsent()
    .map((log) => ({ log: log.id, from: log.center + 1, count: log.seq - log.center, own: log.own }));
}

export function unsentTotal(core: Core): number {
  return core.logs.unsent().reduce((sum, log) => sum + log.seq - log.center, 0);
}

export function isUnsent(core: Core, id: FactId): boolean {
  const pos = core.facts.posOfId(id);
  if (pos === undefined) return false;
  const log = core.logs.at(logNumOf(pos));
  return log !== undefined && seqOf(pos) > log.center;
}

/** Unsent facts about an entity: by range of each unsent log, which are few. */
export function unsentAbout(core: Core, ref: EntityRef): number {
  const logs = core.logs.unsent();
  if (logs.length === 0) return 0;
  const count = core.entities.countAbout(ref);
  if (!count) return 0;
  return logs.reduce((sum, log) => sum + count(posOf(log, log.center + 1), posOf(log, log.seq)), 0);
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
