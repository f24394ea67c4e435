import { describe, expect, it } from 'vitest';
import { placeTyped } from './place-typed.ts';

const place = (short: string, name: string) => ({ body: { short, name } });
const PLACES = [place('MERCY', 'Mercy Hospital'), place('GEN', 'General'), place('P2', 'Pier 2 Clinic')];
const read = (typed: string, asks = 'hospital') => {
  const { words, patients, matching } = placeTyped(typed, PLACES, asks);
  return [words, patients, matching.map(({ body }) => body.short).join(' ')];
};

describe('a place that is typed', () => {
  it('has how many go there behind it, or they stand alone', () => {
    expect(read(' mercy 2 ')).toEqual(['mercy', 2, 'MERCY']);
    expect(read('gen 30')).toEqual(['gen', 30, 'GEN']);
    expect(read('3')).toEqual(['', 3, 'MERCY GEN P2']);
  });

  it('keeps a number that is of its name', () => {
    expect(read('pier 2')).toEqual(['pier 2', null, 'P2']);
    expect(read('p2 3')).toEqual(['p2', 3, 'P2']);
    expect(read('clinic 12 of the county')).toEqual(['clinic 12 of the county', null, '']);
    expect(read('county clinic 12')).toEqual(['county clinic 12', null, '']);
  });

  it('is no more than that where it is no hospital', () => {
    expect(read('mercy 2', 'post')).toEqual(['mercy 2', null, '']);
  });
});
