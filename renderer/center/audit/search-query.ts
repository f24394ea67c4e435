/** What is looked for in the audit, as it is typed and as the center is asked. Pure. */
import { wallTime } from '#domain/cad/sentences/local-time.ts';
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
  /** As a `datetime-local` field has them, in the zone in which times are shown. */
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

/** `2026-03-01T08:30` in the zone as ms UTC; null where it is no time. In an hour that clocks skip, the hour after. */
export function momentIn(zone: string, text: string): number | null {
  const wall = Date.parse(`${text}Z`);
  if (Number.isNaN(wall)) return null;
  const near = wall - (wallTime(wall, zone) - wall);
  return wall - (wallTime(near, zone) - near);
}

export function queryOf(typed: AuditTyped, zone: string): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(typed)) {
    const text = value.trim();
    if (text === '') continue;
    const moment = name === 'from' || name === 'until' ? momentIn(zone, text) : text;
    if (moment !== null) query.set(name, String(moment));
  }
  return query;
}
