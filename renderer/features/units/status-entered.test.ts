import { describe, expect, it } from 'vitest';
import { DEFAULT_STATUSES } from '#domain/cad/status.ts';
import { codeEntered, saidEntered, saidOfPlace } from './status-entered.ts';

const place = (id: string, short: string, name: string) => ({ id, body: { short, name } });
const MERCY = place('h1', 'MERCY', 'Mercy Hospital');
const PLACES = [MERCY, place('h2', 'GEN', 'General Hospital')];

describe('a status that is typed in the strip of a unit', () => {
  const entered = (typed: string): string | null => {
    const read = codeEntered(typed, DEFAULT_STATUSES);
    return read && ('is' in read ? read.is.code : read.error);
  };
  it('is one by its code, or by words that are of no other', () => {
    expect([entered('er'), entered(' on scene '), entered('')]).toEqual(['ER', 'OS', null]);
  });

  it('is none where several could be meant, or nothing is named so', () => {
    expect(entered('a')).toMatch(/^“a” could be AV/);
    expect(entered('zz')).toBe('Nothing here is named “zz”.');
  });
});

describe('what is said with a status that asks for more', () => {
  const NOW = 1_000;
  const at = (asks: 'hospital' | 'reason' | 'post', typed: string) => saidEntered(asks, typed, PLACES, NOW);
  it('is a reason, and until when', () => {
    expect(at('reason', 'restock 20')).toEqual({ is: { reason: 'restock', until: NOW + 20 * 60_000 } });
    expect(at('reason', 'fuel')).toEqual({ is: { reason: 'fuel' } });
    expect(at('reason', '')).toEqual({ is: {} });
  });

  it('is a hospital, with how many go there', () => {
    expect(at('hospital', 'mercy')).toEqual({ is: { destination: { id: 'h1', name: 'Mercy Hospital' } } });
    expect(at('hospital', 'gen 2')).toEqual({
      is: { destination: { id: 'h2', name: 'General Hospital' }, patients: 2 },
    });
    expect(at('hospital', '3')).toEqual({ is: { patients: 3 } });
    expect(at('hospital', 'hospital')).toEqual({ error: '“hospital” could be MERCY, GEN: type more of it.' });
    expect(at('hospital', 'county clinic')).toEqual({ is: { destination: { name: 'county clinic' } } });
    expect(at('hospital', '')).toEqual({ is: {} });
  });

  it('is no number of patients that cannot be one, typed or chosen', () => {
    expect(at('hospital', 'mercy 0')).toMatchObject({ error: expect.stringContaining('A transport has a patient') });
    expect(saidOfPlace('hospital', MERCY, 0)).toHaveProperty('error');
  });

  it('is a post, listed or not', () => {
    expect(at('post', 'mercy')).toEqual({ is: { post: 'Mercy Hospital' } });
    expect(at('post', 'Pier 2')).toEqual({ is: { post: 'Pier 2' } });
    expect(saidOfPlace('post', MERCY, null)).toEqual({ is: { post: 'Mercy Hospital' } });
  });
});
