/** What the alert rules look at, over all organisations. */
import { CRYPTOPERIODS } from '#domain/identity/cryptoperiod.ts';
import type { Database } from '../db/database.ts';
import { inTime } from '../in-time.ts';
import { overdueKeys } from '../keys/overdue.ts';
import type { Gauges } from '../telemetry/metrics.ts';
import { owedTo } from './figures.ts';

/** Who counts is told what is counted in the process, where the database takes longer. ms */
const ANSWERS_WITHIN_MS = 3_000;

/** The most that is owed to any organisation, or all of it, as the alert rules look at it. */
export function gaugesOf(db: Database): () => Promise<Gauges> {
  const look = async (): Promise<Gauges> => {
    const { rows } = await db.pool.query<{ org: string }>('select org from kernel.organisations() org');
    const owed = await Promise.all(rows.map(({ org }) => owedTo({ db, clock: Date.now }, org)));
    const overdue = (await Promise.all(rows.map(({ org }) => overdueKeys({ db, clock: Date.now }, org)))).flat();
    const most = (of: (one: (typeof owed)[number]) => number): number => Math.max(0, ...owed.map(of));
    const all = (of: (one: (typeof owed)[number]) => number): number => owed.reduce((sum, one) => sum + of(one), 0);
    return {
      auditUnsealed: most((one) => one.auditUnsealedMs) / 1_000,
      handoffOldest: most((one) => one.handoffOldestMs) / 1_000,
      handoffDue: all((one) => one.handoffDue),
      securityOpen: all((one) => one.securityOpen),
      keysOverdue: Object.fromEntries(
        Object.entries(CRYPTOPERIODS).flatMap(([level, period]) =>
          period === null ? [] : [[level, overdue.filter((one) => one === level).length]],
        ),
      ),
    };
  };
  return () => inTime(look(), ANSWERS_WITHIN_MS, 'the database');
}
