/** What is looked for in the audit, as it is typed and as the center is asked. Pure. */
import type { AuditEntry } from '#domain/identity/api/audit.ts';

export interface AuditTyped {
  readonly actor: string;
  readonly op: '' | AuditEntry['op'];
  readonly table: string;
  readonly row: string;
  readonly request: string;
  readonly session: string;
  readonly device: string;
  readonly reason: string;
  /** As a `datetime-local` field has them, in this browser's zone. */
  readonly from: string;
  readonly until: string;
}

export const ALL: AuditTyped = {
  actor: '',
  op: '',
  table: '',
  row: '',
  request: '',
  session: '',
  device: '',
  reason: '',
  from: '',
  until: '',
};

export function queryOf(typed: AuditTyped): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(typed)) {
    const text = value.trim();
    if (text === '') continue;
    if (name !== 'from' && name !== 'until') query.set(name, text);
    else if (!Number.isNaN(Date.parse(text))) query.set(name, String(Date.parse(text)));
  }
  return query;
}
