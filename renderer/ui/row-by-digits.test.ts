import { describe, expect, it } from 'vitest';
import { callsignBy } from './row-by-digits.ts';

const CALLSIGNS = ['M01', 'M36', 'P58', 'RC1', 'E01', 'E36', 'E361', '51A', 'B-2', 'Ö12'];

/** The callsign that typing leads to, and what is remembered of it. */
function typing(keys: string): { readonly typed: string; readonly at: string | undefined } {
  let typed = '';
  let at: string | undefined;
  for (const key of keys) {
    const next = callsignBy(CALLSIGNS, typed, key);
    typed = next.typed;
    if (next.row >= 0) at = CALLSIGNS[next.row];
  }
  return { typed, at };
}

describe('a callsign typed in the units', () => {
  it('is that unit, and not another with its digits', () => {
    for (const callsign of CALLSIGNS) expect(typing(callsign.toLowerCase()).at, callsign).toBe(callsign);
  });
  it('may be its digits alone: the first that ends with them', () => {
    expect(typing('36').at).toBe('M36');
    expect(typing('61').at).toBe('E361');
    expect(typing('99').at).toBeUndefined();
  });
  it('begins anew with a key that leads on from nothing', () => {
    expect(typing('e36m01').at).toBe('M01');
    expect(typing('z36').at).toBe('M36');
    expect(typing('m').at).toBeUndefined();
  });
});
