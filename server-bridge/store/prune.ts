/** Facts that a station no longer needs on its disk, because the center holds them and what they are about is over. */
import type { FactHeader } from '../../domain/kernel/fact.ts';
import type { Core } from './core.ts';
import { packId } from './facts.ts';
import { logNumOf, seqOf } from './logs.ts';

/** Drops facts that the center holds and all of whose entities closed before `before`; their folded state stays. */
export function prune(core: Core, before: number): number {
  return core.write('here', () => {
    const { sql } = core.db;
    const rows = sql(
      `SELECT DISTINCT a.pos, f.h FROM entity e JOIN about a ON a.entity = e.num JOIN fact f ON f.pos = a.pos
       WHERE e.closed < ? AND NOT EXISTS (
         SELECT 1 FROM about b JOIN entity o ON o.num = b.entity WHERE b.pos = a.pos AND (o.closed IS NULL OR o.closed >= ?))`,
    ).all<{ pos: number; h: string }>(before, before);
    let dropped = 0;
    for (const { pos, h } of rows) {
      const log = core.logs.at(logNumOf(pos));
      if (!log || seqOf(pos) > log.center) continue;
      const header = JSON.parse(h) as FactHeader;
      for (const ref of new Set(header.about)) {
        sql('DELETE FROM about WHERE pos = ? AND entity = (SELECT num FROM entity WHERE ref = ?)').run(pos, ref);
      }
      sql('DELETE FROM fact_id WHERE id = ?').run(packId(header.id));
      sql('DELETE FROM fact WHERE pos = ?').run(pos);
      dropped++;
    }
    core.facts.forget();
    return dropped;
  });
}
