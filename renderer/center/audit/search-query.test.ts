import { describe, expect, it } from 'vitest';
import { ALL, momentIn, queryOf } from './search-query.ts';

describe('a search of the audit', () => {
  it('takes times in the zone in which they are shown, whatever the browser has', () => {
    const query = queryOf({ ...ALL, from: '2026-07-01T08:30', until: '2026-01-01T08:30' }, 'America/Los_Angeles');
    expect(query.get('from')).toBe(String(Date.UTC(2026, 6, 1, 15, 30)));
    expect(query.get('until')).toBe(String(Date.UTC(2026, 0, 1, 16, 30)));
    expect(momentIn('UTC', '2026-07-01T08:30')).toBe(Date.UTC(2026, 6, 1, 8, 30));
  });
  it('leaves out what is empty or no time', () => {
    expect(queryOf({ ...ALL, actor: ' Grace ', from: 'yesterday' }, 'UTC').toString()).toBe('actor=Grace');
  });
});
