import { describe, expect, it } from 'vitest';
import { refusalOf } from '../kernel/refusal.ts';
import { ROSTER_SCHEMAS } from './roster.ts';
import { DEFAULT_STATUSES, type StatusCode } from './status.ts';

const [available, dispatched] = DEFAULT_STATUSES as [StatusCode, StatusCode];

/** The field that refuses these statuses and why; null where nothing does. */
function refused(...statuses: StatusCode[]): string | null {
  const read = ROSTER_SCHEMAS.status_set.safeParse({ agency: null, statuses });
  if (read.success) return null;
  const { field, message } = refusalOf(read.error);
  return `${field}: ${message}`;
}

describe('a callsign', () => {
  const takes = (callsign: string): boolean => {
    const unit = { kind: 'ambulance', agency: null, home: null, capabilities: [], active: true };
    return ROSTER_SCHEMAS.roster_unit.safeParse({ callsign, ...unit }).success;
  };
  it('is one word of a command line, as places all over write them', () => {
    for (const callsign of [
      'M36',
      '51A',
      'B-2',
      '1/83-1',
      'Ö12',
      'E1.A',
      'R_2',
      'Д4',
      '消防1',
      '-1',
      'E+1',
      'E&T',
      'E:1',
      'E;1',
      "O'B",
      'E#1',
      'T1(R)',
    ])
      expect([callsign, takes(callsign)]).toEqual([callsign, true]);
    for (const callsign of [
      '',
      'm36',
      'ö12',
      'M 36',
      'M1,M2',
      '.',
      '?',
      '/',
      '_',
      '#1',
      '(R)1',
      'M36M36M36M36M',
      'M\u0000',
      'M\u202e1',
      'O\u030812',
    ])
      expect([callsign, takes(callsign)]).toEqual([callsign, false]);
  });
});

describe('the statuses of an agency', () => {
  it('are the default ones, or others that lead on to each other', () => {
    expect(refused(...DEFAULT_STATUSES)).toBeNull();
    expect(refused({ ...available, code: 'aq' }, { ...dispatched, code: 'DI', next: 'AQ' })).toBeNull();
  });

  it('lead on to a code that is there', () => {
    expect(refused(available, { ...dispatched, next: 'ZZ' })).toMatch(/next.*names no code of these: ZZ/);
  });

  it('have one that clears a unit', () => {
    expect(refused({ ...dispatched, next: null })).toMatch(/statuses: .*means available/);
  });

  it('have each code once, as it can be typed', () => {
    expect(refused(available, { ...dispatched, code: 'av', next: null })).toMatch(/code.*is there twice: av/);
    for (const code of ['D', 'x', 'NX']) expect(refused({ ...available, code })).toMatch(/code.*a command already/);
    for (const code of ['A B', '!!', 'é']) expect(refused({ ...available, code })).toMatch(/code.*letters, digits/);
  });
});
