/** Security events: raised once while they are open, taken by somebody, and closed with what they were. */

import { type QueryExecutorProvider, sql } from 'kysely';
import type { z } from 'zod';
import type { SecurityEventOutSchema, SecurityEventsOutSchema } from '#domain/identity/api/security-events.ts';
import { SECURITY_KINDS, type Suspicion } from '#domain/identity/detection.ts';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { BY_TIME, cursorAfter, readCursor } from '../db/cursor.ts';
import type { Scope } from '../db/database.ts';
import { mustStand } from '../identity/must-stand.ts';
import type { CenterContext } from '../part.ts';

type Ports = Pick<CenterContext, 'db' | 'clock' | 'random'>;
export type RaisePorts = Pick<CenterContext, 'clock' | 'random' | 'eventRaised'>;
type EventOut = z.infer<typeof SecurityEventOutSchema>;

const A_PAGE = 100;

/**
 * Raises it, or counts on where it is open already. One that was closed is raised anew only by what happened after. True
 * where there is a new one, which is counted.
 */
export async function raise(
  { clock, random, eventRaised }: RaisePorts,
  trx: QueryExecutorProvider,
  org: string,
  { kind, subject, at, evidence }: Suspicion,
): Promise<boolean> {
  const { rows } = await sql<{ made: boolean }>`
    insert into security.event as e (org, id, kind, subject, first_at, last_at, evidence)
    select ${org}, ${uuidV7(clock(), random)}, ${kind}, ${subject}, ${at}::bigint, ${at}::bigint, ${JSON.stringify(evidence)}::jsonb
    where not exists (select from security.event c
      where c.kind = ${kind} and c.subject = ${subject} and c.state = 'closed' and c.last_at >= ${at}::bigint)
    on conflict (org, kind, subject) where state <> 'closed'
    do update set last_at = excluded.last_at, times = e.times + 1, evidence = excluded.evidence
      where e.last_at < excluded.last_at
    returning e.times = 1 as made`.execute(trx);
  const made = rows[0]?.made ?? false;
  if (made) eventRaised(kind);
  return made;
}

interface Row {
  readonly id: string;
  readonly kind: EventOut['kind'];
  readonly subject: string;
  readonly person: string | null;
  readonly first_at: number;
  readonly last_at: number;
  readonly times: number;
  readonly evidence: EventOut['evidence'];
  readonly state: EventOut['state'];
  readonly taken_by: string | null;
  readonly taken_at: number | null;
  readonly closed_by: string | null;
  readonly closed_at: number | null;
  readonly resolution: EventOut['resolution'];
  readonly note: string | null;
}

const shown = (row: Row): EventOut => ({
  id: row.id,
  kind: row.kind,
  title: SECURITY_KINDS[row.kind],
  subject: row.subject,
  person: row.person,
  firstAt: row.first_at,
  lastAt: row.last_at,
  times: row.times,
  evidence: row.evidence,
  state: row.state,
  takenBy: row.taken_by,
  takenAt: row.taken_at,
  closedBy: row.closed_by,
  closedAt: row.closed_at,
  resolution: row.resolution,
  note: row.note,
});

/** The newest first. Refuses with `field.invalid` where `after` is not what a page before said. */
export async function eventsOf(
  { db }: Ports,
  org: string,
  query: { readonly state?: EventOut['state'] | undefined; readonly after?: string | undefined },
): Promise<Outcome<z.infer<typeof SecurityEventsOutSchema>>> {
  const cursor = query.after === undefined ? null : readCursor(query.after, BY_TIME);
  if (query.after !== undefined && cursor === null) {
    return refused('field.invalid', 'after must be what the page before said.', 'after');
  }
  const [at, id] = cursor ?? [null, null];
  return db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<Row>`
      select e.*, p.name as person from security.event e left join identity.person p on p.org = e.org and p.id = e.subject
      where (${query.state ?? null}::text is null or e.state = ${query.state ?? null})
        and (${at}::bigint is null or (e.last_at, e.id) < (${at}::bigint, ${id}::text))
      order by e.last_at desc, e.id desc limit ${A_PAGE + 1}`.execute(trx);
    const page = rows.slice(0, A_PAGE);
    const last = page.at(-1);
    return done({
      events: page.map(shown),
      next: rows.length > page.length && last ? cursorAfter(last.last_at, last.id) : null,
    });
  });
}

/** Somebody takes it in hand; who took it before is replaced. Refuses with `event.unknown`, `event.closed`. */
export function takeEvent(
  { db, clock }: Ports,
  scope: Scope & { readonly actor: string },
  id: string,
): Promise<Outcome<null>> {
  return db.inOrg(scope, async (trx) => {
    await mustStand(trx, scope);
    const { rows } =
      await sql`update security.event set state = 'taken', taken_by = ${scope.actor}, taken_at = ${clock()}
      where id = ${id} and state <> 'closed' returning id`.execute(trx);
    return rows.length > 0 ? done(null) : notOpen(trx, id);
  });
}

/** Refuses with `event.unknown`, `event.closed`. */
export function closeEvent(
  { db, clock }: Ports,
  scope: Scope & { readonly actor: string },
  id: string,
  { resolution, note }: { readonly resolution: string; readonly note: string },
): Promise<Outcome<null>> {
  return db.inOrg(scope, async (trx) => {
    await mustStand(trx, scope);
    const { rows } = await sql`update security.event
      set state = 'closed', closed_by = ${scope.actor}, closed_at = ${clock()}, resolution = ${resolution}, note = ${note}
      where id = ${id} and state <> 'closed' returning id`.execute(trx);
    return rows.length > 0 ? done(null) : notOpen(trx, id);
  });
}

async function notOpen(trx: QueryExecutorProvider, id: string): Promise<Outcome<never>> {
  const { rows } = await sql`select id from security.event where id = ${id}`.execute(trx);
  return rows.length > 0
    ? refused('event.closed', 'This was brought to an end already; read what it was.', 'event')
    : refused('event.unknown', 'There is no such security event.', 'event');
}
