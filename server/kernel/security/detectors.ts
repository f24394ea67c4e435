/** Looks at what happened, every half minute, and raises what looks like an attack. */
import { sql } from 'kysely';
import { wallTime } from '#domain/cad/sentences/local-time.ts';
import { type Attempt, massReading, oddHours, type Reading, spraying, travel } from '#domain/identity/detection.ts';
import type { CenterContext } from '../part.ts';
import { raise } from './events.ts';
import type { PlaceOf } from './places.ts';

export interface DetectorPorts extends Pick<CenterContext, 'db' | 'clock' | 'random' | 'logger'> {
  readonly placeOf: PlaceOf;
  readonly onRaised: (kind: string) => void;
}

const EVERY_MS = 30_000;
const HOUR = 3_600_000;
const KEPT_MS = 60 * 24 * HOUR;
/** Rows of these are patients' charts and reports. */
const CHARTS: readonly string[] = ['epcr.chart', 'documents.report'];

/** Looks once at an organisation. Answers how many events are new. */
export async function detect(ports: DetectorPorts, org: string): Promise<number> {
  const now = ports.clock();
  return ports.db.inOrg({ org, actor: 'center' }, async (trx) => {
    await sql`delete from security.attempt where at < ${now - KEPT_MS}`.execute(trx);
    const { rows: attempts } = await sql<Attempt>`
      select at, account, person, address, good from security.attempt where at > ${now - KEPT_MS} order by at`.execute(
      trx,
    );
    const { rows: readings } = await sql<Reading>`
      select actor as person, (at / ${HOUR}) * ${HOUR} as hour, count(distinct (tbl, row_id)) as charts
      from audit.entry where op = 'read' and tbl = any (${CHARTS}) and actor is not null and at > ${now - 30 * 24 * HOUR}
      group by 1, 2`.execute(trx);
    const { rows: zones } = await sql<{ zone: string }>`
      select body ->> 'timeZone' as zone from cad.site_profile order by updated_at limit 1`.execute(trx);
    const recent = attempts.filter(({ at }) => at > now - 24 * HOUR);
    const suspicions = [
      ...spraying(recent, now),
      ...travel(recent, ports.placeOf),
      ...massReading(readings, now),
      ...oddHours(attempts, hourIn(zones[0]?.zone ?? 'UTC'), now),
    ];
    let raised = 0;
    for (const suspicion of suspicions) {
      if (!(await raise(ports, trx, org, suspicion))) continue;
      raised++;
      ports.onRaised(suspicion.kind);
    }
    return raised;
  });
}

function hourIn(zone: string): (at: number) => number {
  return (at) => new Date(wallTime(at, zone)).getUTCHours();
}

/** Returns how to end. */
export function startDetectors(ports: DetectorPorts): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let sweep = Promise.resolve();
  const once = async (): Promise<void> => {
    try {
      const { rows } = await ports.db.pool.query<{ org: string }>('select org from kernel.organisations() org');
      for (const { org } of rows) if (!stopped) await detect(ports, org);
    } catch (error) {
      // The next look takes what this one could not.
      if (!stopped) ports.logger.warn({ code: (error as { code?: string }).code ?? '' }, 'detectors could not look');
    }
  };
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      sweep = once().then(next);
    }, EVERY_MS);
  };
  next();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await sweep;
  };
}
