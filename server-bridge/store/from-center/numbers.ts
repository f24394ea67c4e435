/** Incident numbers: leased blocks of this log first, then this log's own suffix. Never one twice. */
import { hash } from 'node:crypto';
import type { Lease } from '../../../domain/wire/sync.ts';
import type { Core } from '../core.ts';

/** Letters and digits that are not mistaken for one another on the radio or on paper (Crockford's base 32). */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SUFFIX = 3;

/** What distinguishes a log in the numbers it makes without a lease: its station's short form and letters from its id. */
export function suffixOf(short: string, log: string): string {
  const digest = hash('sha256', `qd.number.1|${log}`, 'buffer');
  return short + [...digest.subarray(0, SUFFIX)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

const yearOf = (year: number): string => String(year % 100).padStart(2, '0');

/** Only leases of the log of this opening count: an earlier log's may have been used after this disk was copied. */
export function takeNumber(core: Core, year: number): string {
  return core.write('here', () => {
    const lease = core.db
      .sql('SELECT first, next FROM lease WHERE log = ? AND year = ? AND next <= last ORDER BY first LIMIT 1')
      .get<{ first: number; next: number }>(core.logId, year);
    if (lease) {
      core.db
        .sql('UPDATE lease SET next = next + 1 WHERE log = ? AND year = ? AND first = ?')
        .run(core.logId, year, lease.first);
      return `${yearOf(year)}-${String(lease.next).padStart(5, '0')}`;
    }
    core.db
      .sql('INSERT INTO counter(log, year, last) VALUES(?, ?, 1) ON CONFLICT(log, year) DO UPDATE SET last = last + 1')
      .run(core.logId, year);
    const { last } = core.db
      .sql('SELECT last FROM counter WHERE log = ? AND year = ?')
      .get<{ last: number }>(core.logId, year) as { last: number };
    return `${yearOf(year)}-${suffixOf(core.identity.short, core.logId)}-${String(last).padStart(4, '0')}`;
  });
}

export function addLease(core: Core, lease: Lease): void {
  core.write('center', () => {
    core.db
      .sql('INSERT INTO lease(log, year, first, last, next) VALUES(?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(lease.log, lease.year, lease.from, lease.to, lease.from);
  });
}

/** Incident numbers of a year that are leased to the log of this opening and not used. */
export function numbersLeft(core: Core, year: number): number {
  return (
    core.db
      .sql('SELECT sum(last - next + 1) AS free FROM lease WHERE log = ? AND year = ? AND next <= last')
      .get<{ free: number | null }>(core.logId, year)?.free ?? 0
  );
}
