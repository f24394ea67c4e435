/** Requests that wait for the center's decision, in their order, and what it decided. */
import type { RequestIn, RequestOut } from '../../../domain/wire/sync.ts';
import type { Core } from '../core.ts';
import type { OutboxRequest } from '../store.ts';

interface RequestRow {
  readonly state: OutboxRequest['state'];
  readonly attempts: number;
  readonly next_at: number;
  readonly last_error: string;
  readonly entity: string | null;
  readonly request: string;
  readonly answer: string | null;
}

const COLUMNS = 'state, attempts, next_at, last_error, entity, request, answer';

function readRequest(row: RequestRow): OutboxRequest {
  return {
    ...(JSON.parse(row.request) as RequestIn),
    state: row.state,
    attempts: row.attempts,
    nextAt: row.next_at,
    lastError: row.last_error,
    entity: row.entity,
    answer: row.answer === null ? null : (JSON.parse(row.answer) as RequestOut),
  };
}

export function putRequest(core: Core, request: RequestIn, entity: string | null): void {
  core.write('here', (tx) => {
    core.db
      .sql(
        "INSERT INTO request(id, state, attempts, next_at, last_error, entity, request) VALUES(?, 'waiting', 0, 0, '', ?, ?) ON CONFLICT(id) DO NOTHING",
      )
      .run(request.id, entity, JSON.stringify(request));
    tx.requests = true;
  });
}

export function allRequests(core: Core): OutboxRequest[] {
  return core.db.sql(`SELECT ${COLUMNS} FROM request ORDER BY num`).all<RequestRow>().map(readRequest);
}

/** Waiting ones whose time has come; of those with the same entity only the first, so that they keep their order. */
export function dueRequests(core: Core, now: number): OutboxRequest[] {
  const waiting = core.db.sql(`SELECT ${COLUMNS} FROM request WHERE state = 'waiting' ORDER BY num`).all<RequestRow>();
  const ahead = new Set<string>();
  return waiting
    .filter((row) => {
      if (row.entity !== null && ahead.has(row.entity)) return false;
      if (row.entity !== null) ahead.add(row.entity);
      return row.next_at <= now;
    })
    .map(readRequest);
}

export function requestFailed(core: Core, id: string, error: string, nextAt: number): void {
  core.write('here', (tx) => {
    core.db
      .sql("UPDATE request SET attempts = attempts + 1, last_error = ?, next_at = ? WHERE id = ? AND state = 'waiting'")
      .run(error, nextAt, id);
    tx.requests = true;
  });
}

export function requestAnswered(core: Core, answer: RequestOut): void {
  core.write('center', (tx) => {
    core.db
      .sql("UPDATE request SET state = ?, answer = ? WHERE id = ? AND state = 'waiting'")
      .run(answer.state, JSON.stringify(answer), answer.id);
    tx.requests = true;
  });
}

export function withdrawRequest(core: Core, id: string): void {
  core.write('here', (tx) => {
    core.db.sql("UPDATE request SET state = 'withdrawn' WHERE id = ? AND state IN ('waiting', 'refused')").run(id);
    tx.requests = true;
  });
}
