/** Looks at what happened, every half minute, and raises what looks like an attack. */
import { type QueryExecutorProvider, sql } from 'kysely';
import { wallTime } from '#domain/cad/sentences/local-time.ts';
import {
  type Attempt,
  massReading,
  oddHours,
  READ_LATELY_MS,
  type Reading,
  readMany,
  type SecurityKind,
  type Suspicion,
  spraying,
  travel,
} from '#domain/identity/detection.ts';
import { forEachOrganisation } from '../organisation/each.ts';
import type { CenterContext } from '../part.ts';
import { raise } from './events.ts';
import type { PlaceOf } from './places.ts';

export interface DetectorPorts extends Pick<CenterContext, 'db' | 'clock' | 'random' | 'logger' | 'eventRaised'> {
  readonly placeOf: PlaceOf;
}

const EVERY_MS = 30_000;
const HOUR = 3_600_000;
const KEPT_MS = 60 * 24 * HOUR;
const MONTH = 30 * 24 * HOUR;

/** What was seen of an organisation, as its detectors look at it. */
interface Seen {
  readonly now: number;
  /** Of {@link KEPT_MS}, in their order. */
  readonly attempts: readonly Attempt[];
  readonly readings: readonly Reading[];
  /** Where its first site is. */
  readonly zone: string;
}

/** Of the last day: what an attack on passwords looks like. */
const recent = ({ attempts, now }: Seen): readonly Attempt[] => attempts.filter(({ at }) => at > now - 24 * HOUR);

type Detector = (seen: Seen, placeOf: PlaceOf) => readonly Suspicion[];
const DETECTORS: readonly (readonly [SecurityKind, Detector])[] = [
  ['password spraying', (seen) => spraying(recent(seen), seen.now)],
  ['impossible travel', (seen, placeOf) => travel(recent(seen), placeOf)],
  ['mass reading', ({ readings, now }) => massReading(readings, now)],
  ['odd hours', ({ attempts, zone, now }) => oddHours(attempts, hourIn(zone), now)],
];

/** Looks once at an organisation. Answers how many events are new. A detector that fails says so and takes no other with it. */
export async function detect(ports: DetectorPorts, org: string): Promise<number> {
  const { placeOf, logger } = ports;
  return ports.db.inOrg({ org, actor: 'center' }, async (trx) => {
    const seen = await see(trx, ports.clock());
    let raised = 0;
    for (const [kind, detector] of DETECTORS) {
      let suspicions: readonly Suspicion[] = [];
      try {
        suspicions = detector(seen, placeOf);
      } catch (error) {
        logger.warn({ org, detector: kind, error: nameOf(error) }, 'detectors could not look');
      }
      for (const suspicion of suspicions) {
        if (await raise(ports, trx, org, suspicion)) raised++;
      }
    }
    return raised;
  });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

async function see(trx: QueryExecutorProvider, now: number): Promise<Seen> {
  await sql`delete from security.attempt where at < ${now - KEPT_MS}`.execute(trx);
  const { rows: attempts } = await sql<Attempt>`
    select at, account, person, address, good from security.attempt where at > ${now - KEPT_MS} order by at`.execute(
    trx,
  );
  const many = readMany(await readingsSince(trx, now - READ_LATELY_MS - HOUR));
  const readings = many.length === 0 ? [] : await readingsSince(trx, now - MONTH, many);
  const { rows: zones } = await sql<{ zone: string }>`
    select body ->> 'timeZone' as zone from cad.site_profile order by updated_at limit 1`.execute(trx);
  return { now, attempts, readings, zone: zones[0]?.zone ?? 'UTC' };
}

/**
 * Charts and reports that were read, and incidents that were opened at the center, by the hour; `of`: these people's alone. What
 * a board shows is noted with the log of its workstation: there is far more of it, and the index `audit.entry_opened` has none.
 */
async function readingsSince(
  trx: QueryExecutorProvider,
  since: number,
  of: readonly string[] | null = null,
): Promise<readonly Reading[]> {
  const { rows } = await sql<Reading>`
    select actor as person, (at / ${HOUR}) * ${HOUR} as hour, max(at) as last,
           count(distinct (tbl, row_id)) filter (where tbl <> 'cad.incident') as charts,
           count(distinct case when after ->> 'by' = 'callback' then request else row_id end)
             filter (where tbl = 'cad.incident') as incidents
    from audit.entry
    where op = 'read' and actor is not null
      and (tbl in ('epcr.chart', 'documents.report') or (tbl = 'cad.incident' and after -> 'log' is null))
      and at > ${since} and (${of}::text[] is null or actor = any (${of}::text[]))
    group by 1, 2`.execute(trx);
  return rows;
}

function hourIn(zone: string): (at: number) => number {
  return (at) => new Date(wallTime(at, zone)).getUTCHours();
}

/** Looks once at every organisation; what one could not be looked at for, the next round takes. */
export function detectAll(ports: DetectorPorts, stopped = (): boolean => false): Promise<void> {
  return forEachOrganisation(
    ports.db,
    stopped,
    (org) => detect(ports, org),
    (of) => ports.logger.warn(of, 'detectors could not look'),
  );
}

/** Returns how to end. */
export function startDetectors(ports: DetectorPorts): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let sweep = Promise.resolve();
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      sweep = detectAll(ports, () => stopped).then(next);
    }, EVERY_MS);
  };
  next();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await sweep;
  };
}
