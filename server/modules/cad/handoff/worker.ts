/**
 * Works off what hand-off is due. `cad.handoff_due` is written by triggers in the transaction that takes the facts; a row
 * goes only once the work was done as of its mark. A worker that dies leaves its row, and it is taken again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Asking } from '../../../kernel/db/flight.ts';
import type { CenterContext } from '../../../kernel/part.ts';
import { deriveHandoff, type HandoffPorts, type Marked } from './handoff.ts';

export interface WorkerPorts extends HandoffPorts, Pick<CenterContext, 'logger'> {}

/** Another worker leaves a row alone for this long after it was taken. */
const LEASE_MS = 20_000;
const POLL_MS = 1_000;
/** Commits that follow each other closely are looked at together. */
const GATHER_MS = 50;
const LONGEST_WAIT_MS = 5 * 60_000;
/** Incidents in hand at once: one waits for the database and for its report to be drawn for nearly all of its time. */
const LANES = 4;

interface Due extends Marked {
  readonly attempts: number;
}

/** Marks the hand-off of a site's incident as due, in the transaction of the client; false where there is no such incident. */
export async function markDue(client: Asking, org: string, site: string, incident: string): Promise<boolean> {
  const { rows } = await client.query<{ id: string }>({
    name: 'handoff.due',
    text: `select i.id, cad.handoff_is_due(i.org, i.id)::text as due from cad.incident i
      join kernel.entity_site s on s.org = i.org and s.ref = 'incident:' || i.id and s.site = $2 and s.holds
      where i.org = $1 and i.id = $3`,
    values: [org, site, incident],
  });
  return rows.length > 0;
}

function take(ports: WorkerPorts, org: string): Promise<Due | null> {
  const now = ports.clock();
  return ports.db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<Due>`
      update cad.handoff_due d set next_at = ${now + LEASE_MS}, attempts = d.attempts + 1
      where (org, incident) = (
        select org, incident from cad.handoff_due where org = ${org} and next_at <= ${now}
        order by mark limit 1 for update skip locked)
      returning incident, mark, attempts`.execute(trx);
    return rows[0] ?? null;
  });
}

async function done(ports: WorkerPorts, org: string, due: Due): Promise<void> {
  await ports.db.inOrg({ org }, (trx) =>
    sql`delete from cad.handoff_due where org = ${org} and incident = ${due.incident} and mark = ${due.mark}`.execute(
      trx,
    ),
  );
}

async function failed(ports: WorkerPorts, org: string, due: Due, error: unknown): Promise<void> {
  const wait = Math.min(1_000 * 2 ** due.attempts, LONGEST_WAIT_MS);
  // Named by its kind: a message may carry what an incident is about.
  const name = error instanceof Error ? error.name : 'unknown';
  ports.logger.warn(
    { org, incident: due.incident, attempts: due.attempts, error: name },
    'hand-off failed, will be tried again',
  );
  await ports.db.inOrg({ org }, (trx) =>
    sql`update cad.handoff_due set next_at = ${ports.clock() + wait}, last_error = ${name}
        where org = ${org} and incident = ${due.incident} and mark = ${due.mark}`.execute(trx),
  );
}

/** Does all that is due now. Answers how many incidents. */
export async function workOff(ports: WorkerPorts, goOn: () => boolean = () => true): Promise<number> {
  let count = 0;
  const lane = async (org: string): Promise<void> => {
    // Nothing is taken that is not done: a row would be left alone for its lease.
    while (goOn()) {
      const due = await take(ports, org);
      if (!due) return;
      try {
        await deriveHandoff(ports, org, due);
        await done(ports, org, due);
        count++;
      } catch (error) {
        await failed(ports, org, due, error);
      }
    }
  };
  const { rows } = await ports.db.pool.query<{ org: string }>('select org from cad.handoff_orgs($1) org', [
    ports.clock(),
  ]);
  for (const { org } of rows) {
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => lane(org)));
    const lost = lanes.find((one) => one.status === 'rejected');
    if (lost) throw lost.reason;
  }
  return count;
}

export interface Worker {
  /** Something may be due. */
  readonly nudge: () => void;
  /** Resolves when the work in hand is done. */
  readonly stop: () => Promise<void>;
}

/** Makes what follows from runs that ended, soon after it is told that there is some, until it is stopped. */
export function startWorker(ports: WorkerPorts): Worker {
  let stopped = false;
  let again = false;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    do {
      await delay(GATHER_MS);
      again = false;
      try {
        await workOff(ports, () => !stopped);
      } catch (error) {
        // The database is away: the rows wait there, and the next turn tries again.
        ports.logger.warn(
          { error: error instanceof Error ? error.name : 'unknown' },
          'hand-off waits for the database',
        );
      }
    } while (again && !stopped);
    running = null;
  };
  const nudge = (): void => {
    if (stopped) return;
    again = true;
    running ??= run();
  };
  const poll = setInterval(nudge, POLL_MS);
  poll.unref();
  nudge();
  return {
    nudge,
    stop: async () => {
      stopped = true;
      clearInterval(poll);
      await running;
    },
  };
}
