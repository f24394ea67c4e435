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

const STATES: readonly OutboxRequest['state'][] = ['waiting', 'accepted', 'refused', 'withdrawn'];
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
    // What the station asks by itself it asks again by itself: nobody looks at what that was answered before.
    if (request.by === null)
      core.db
        .sql(
          "DELETE FROM request WHERE state = 'refused' AND entity IS ? AND json_extract(request, '$.by') IS NULL AND json_extract(request, '$.kind') = ?",
        )
        .run(entity, request.kind);
    core.db
      .sql(
        "INSERT INTO request(id, state, attempts, next_at, last_error, entity, request) VALUES(?, 'waiting', 0, 0, '', ?, ?) ON CONFLICT(id) DO NOTHING",
      )
      .run(request.id, entity, JSON.stringify(request));
    tx.requests = true;
  });
}

/** In the order in which they were made; of these states, or of every one. */
export function requestsIn(core: Core, states: readonly OutboxRequest['state'][] = STATES): OutboxRequest[] {
  return core.db
    .sql(`SELECT ${COLUMNS} FROM request WHERE state IN (SELECT value FROM json_each(?)) ORDER BY num`)
    .all<RequestRow>(JSON.stringify(states))
    .map(readRequest);
}

/** What came to its end, and was made before a moment (ms UTC), is of use to nobody any more. */
export function forgetRequests(core: Core, before: number): void {
  core.write('here', () => {
    core.db
      .sql("DELETE FROM request WHERE state IN ('accepted', 'withdrawn') AND json_extract(request, '$.madeAt') < ?")
      .run(before);
  });
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
