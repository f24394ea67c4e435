import { describe, expect, it } from 'vitest';
import type { IncidentRow, UnitRow } from '#domain/bridge/topics.ts';
import { vocabularyOfRows } from '#domain/cad/command/vocabulary.ts';
import { explain } from './explain.ts';
import { readHistory, recalled, remembered } from './history.ts';

const unit = (callsign: string) => ({ id: callsign.toLowerCase(), callsign, incidents: [] }) as unknown as UnitRow;
const incident = {
  id: 'i1',
  number: '24-10418',
  state: 'pending',
  nature: { code: 'FALL', text: 'Fall' },
  location: { text: 'LARKIN ST' },
} as IncidentRow;
const words = vocabularyOfRows({ incidents: [incident], units: [unit('M36'), unit('M14')], roster: {} }, 0);

describe('a line before it is entered', () => {
  it('says what will happen, unit first or verb first', () => {
    const said = explain('D M36 10418', words, null);
    expect(said).toMatchObject({ tone: 'plain', says: expect.stringContaining('24-10418') });
    expect(explain('M36 D 10418', words, null).says).toBe(said.says);
  });
  it('asks inside the line for what is missing, and Tab goes through the choices', () => {
    const asked = explain('D M36', words, null);
    expect(asked.tone).toBe('asks');
    expect(asked.completions).toEqual(['D M36 24-10418']);
  });
  it('knows what the answer is typed over', () => {
    expect(explain('D M 10418', words, null).answer).toMatchObject({ from: 2, to: 3 });
    expect(explain('D M36', words, null).answer).toEqual({ from: 5, to: 5 });
    expect(explain('N gate code', words, null).answer).toMatchObject({ from: 2, to: 2 });
    expect(explain('D M36 10418', words, null).answer).toBeNull();
  });
  it('is not called wrong while it can still become something', () => {
    expect(explain('M3', words, null)).toMatchObject({ tone: 'plain', completions: ['M36 '] });
    expect(explain('QQQ 12', words, null).tone).toBe('wrong');
    expect(explain(' ', words, null).says).toBe('');
  });
  it('opens the help card by ? alone', () => {
    expect(explain('?', words, null).help).toBe(true);
    expect(explain('? D', words, null).help).toBe(false);
  });
});

describe('history', () => {
  it('keeps each line once, newest last', () => {
    expect(remembered(['a', 'b'], ' a ')).toEqual(['b', 'a']);
    expect(remembered(['a'], ' ')).toEqual(['a']);
    expect(
      remembered(
        Array.from({ length: 300 }, (_, i) => `${i}`),
        'x',
      ),
    ).toHaveLength(200);
  });
  it('goes back and forth and returns to what was being typed', () => {
    const up = recalled(['a', 'b'], null, -1);
    expect(up).toEqual({ place: 1, line: 'b' });
    expect(recalled(['a', 'b'], 0, -1)).toEqual({ place: 0, line: 'a' });
    expect(recalled(['a', 'b'], 1, 1)).toEqual({ place: null, line: null });
    expect(recalled([], null, -1)).toEqual({ place: null, line: null });
  });
  it('is read from a draft, whatever is in it', () => {
    expect(readHistory({ text: 'D M', history: ['a', 3] })).toEqual({ text: 'D M', history: ['a'] });
    expect(readHistory(undefined)).toEqual({ text: '', history: [] });
  });
});
