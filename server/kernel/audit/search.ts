/** Looking for entries of the audit: what is asked as SQL, and a page of them. */

import type pg from 'pg';
import { z } from 'zod';
import type { AuditEntry, AuditFilter, AuditPage } from '#domain/identity/api/audit.ts';
import { cursorAfter, readCursor } from '../db/cursor.ts';
import { Problem } from '../http/problem.ts';

/** Conditions on `e`, an entry; `$1` is the organisation, and `values` begin with it. */
export interface Condition {
  readonly where: string;
  readonly values: unknown[];
}

export function conditionOf(org: string, filter: AuditFilter): Condition {
  if (filter.row !== undefined && filter.table === undefined) {
    throw new Problem(400, 'audit.row', 'Say also in which table the row is.', { field: 'table' });
  }
  const values: unknown[] = [org];
  const where = ['e.org = $1'];
  const put = (text: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    where.push(text.replace('?', `$${values.length}`));
  };
  put('e.actor = ?', filter.actor);
  // So that the index over what somebody did is used: the center's own entries are not in it.
  if (filter.actor !== undefined && filter.actor !== 'center') where.push(`e.actor <> 'center'`);
  put('e.device = ?', filter.device);
  put('e.session = ?', filter.session);
  put('e.request = ?', filter.request);
  put('e.tbl = ?', filter.table);
  put('e.row_id = ?', filter.row);
  put('e.op = ?', filter.op);
  if (filter.op === 'read' || filter.op === 'act' || filter.op === 'delete') {
    where.push(`e.op in ('read', 'act', 'delete')`);
  }
  put('e.at >= ?', filter.from);
  put('e.at < ?', filter.until);
  put(
    `e.reason is not null and strpos(lower(e.reason collate "pg_c_utf8"), lower(? collate "pg_c_utf8")) > 0`,
    filter.reason,
  );
  return { where: where.join(' and '), values };
}

/** Position of the seal over an entry `e`. */
export const SEAL_OF = `(select s.position from audit.seal s
  where s.org = e.org and (s.to_xid, s.to_id) >= (e.xid, e.id) order by s.to_xid, s.to_id limit 1)`;

const CursorSchema = z.tuple([z.int(), z.int()]);

/** A page of entries, newest first. */
export async function searchAudit(
  client: pg.ClientBase,
  org: string,
  filter: AuditFilter,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<AuditPage> {
  const { where, values } = conditionOf(org, filter);
  let beyond = '';
  if (page.after !== undefined) {
    const after = readCursor(page.after, CursorSchema);
    if (after === null)
      throw new Problem(400, 'field.invalid', 'after must be what the page before said.', { field: 'after' });
    values.push(...after);
    beyond = ` and (e.at, e.id) < ($${values.length - 1}, $${values.length})`;
  }
  const { rows } = await client.query<AuditEntry>(
    `select e.id, e.at, e.actor, e.device, e.session, e.request, e.reason, e.op, e.tbl as table, e.row_id as row,
       e.before, e.after, e.decision, ${SEAL_OF} as sealed
     from audit.entry e where ${where}${beyond} order by e.at desc, e.id desc limit ${page.limit + 1}`,
    values,
  );
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  const more = rows.length > items.length && last;
  return { items, next: more ? cursorAfter(last.at, last.id) : null };
}
