import { describe, expect, it } from 'vitest';
import { lackedBy, notReadBy, type Older, readersOf } from './readers.ts';

const KNOWN = ['a.first@1', 'b.later@1', 'b.later@2'];
const says = (station: string, ...lacks: string[]): [string, Older] => [station, { station, lacks }];

describe('the center’s word on who reads what', () => {
  it('is what all read, and who lacks what of the rest', () => {
    const word = readersOf(KNOWN, [
      { station: 's2', reads: ['a.first@1'] },
      { station: 's1', reads: [...KNOWN, 'c.newest@1'] },
      { station: 's3', reads: KNOWN.slice(0, 2) },
    ]);
    expect(word).toEqual({
      emit: ['a.first@1'],
      older: [
        { station: 's2', lacks: ['b.later@1', 'b.later@2'] },
        { station: 's3', lacks: ['b.later@2'] },
      ],
    });
  });

  it('leaves out who has not greeted yet', () => {
    expect(readersOf(KNOWN, [{ station: 's1', reads: [] }])).toEqual({ emit: KNOWN, older: [] });
  });
});

describe('who does not read a type, as a station knows it', () => {
  const center = readersOf(KNOWN, [
    { station: 's1', reads: KNOWN },
    { station: 's2', reads: ['a.first@1'] },
    { station: 's3', reads: KNOWN },
  ]);
  const enrolled = ['s1', 's2', 's3'];
  const none: ReadonlyMap<string, Older> = new Map();

  it('is named by the center’s last word', () => {
    expect(notReadBy('b.later@1', { center, own: none }, enrolled)).toEqual(['s2']);
    expect(notReadBy('a.first@1', { center, own: none }, enrolled)).toBeNull();
  });

  it('is nobody any more once the last of them is revoked', () => {
    expect(notReadBy('b.later@1', { center, own: none }, ['s1', 's3'])).toBeNull();
  });

  it('follows what a station says of itself: updated in an outage, or back from an old disk', () => {
    expect(notReadBy('b.later@1', { center, own: new Map([says('s2')]) }, enrolled)).toBeNull();
    const back = new Map([says('s3', 'b.later@2')]);
    expect(notReadBy('b.later@2', { center, own: back }, enrolled)).toEqual(['s2', 's3']);
  });

  it('is not known where the center was never reached, or does not read it itself', () => {
    expect(notReadBy('b.later@1', { center: null, own: none }, enrolled)).toEqual([]);
    expect(notReadBy('c.newest@1', { center, own: none }, enrolled)).toEqual([]);
    expect(notReadBy('c.newest@1', { center, own: new Map([says('s2', 'c.newest@1')]) }, enrolled)).toEqual(['s2']);
  });

  it('is counted of what is known', () => {
    expect(lackedBy(['a.first@1', 'c.newest@1'], KNOWN)).toEqual(['b.later@1', 'b.later@2']);
  });
});
