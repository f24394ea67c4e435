import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { refusalOf } from './refusal.ts';

function said(schema: z.ZodType, value: unknown): string {
  const read = schema.safeParse(value);
  if (read.success) throw new Error('nothing was wrong');
  return refusalOf(read.error).message;
}

describe('a field that is refused', () => {
  it('is named with what it must be, in the schema’s own words where it has some', () => {
    const zone = z.string().refine(() => false, 'must be an IANA time zone such as America/Los_Angeles');
    expect(said(z.object({ zone }), { zone: 'Mars' })).toBe(
      'zone must be an IANA time zone such as America/Los_Angeles.',
    );
    const callsign = z.string().regex(/^[A-Z]+$/, 'must be capital letters');
    expect(said(z.object({ unit: z.object({ callsign }) }), { unit: { callsign: 'm' } })).toBe(
      'unit.callsign must be capital letters.',
    );
    expect(said(z.object({ priority: z.enum(['1', '2']) }), { priority: 1 })).toBe('priority must be one of 1, 2.');
    expect(said(z.object({ kind: z.literal('site') }), { kind: 'x' })).toBe('kind must be site.');
    expect(said(z.object({ at: z.int() }), { at: 1.5 })).toBe('at must be a whole number.');
    expect(said(z.object({ email: z.email() }), { email: 'x' })).toBe('email must be an e-mail address.');
  });

  it('says of a number which would do', () => {
    const wait = (value: number): string => said(z.object({ wait: z.number().gt(0).max(30) }), { wait: value });
    expect([wait(0), wait(31)]).toEqual(['wait must be more than 0.', 'wait must be 30 at most.']);
    const years = (value: number): string => said(z.object({ years: z.int().min(7).lt(100) }), { years: value });
    expect([years(5), years(100)]).toEqual(['years must be 7 at least.', 'years must be less than 100.']);
  });

  it('says what is missing, and what is too much', () => {
    expect(said(z.object({ name: z.string() }), {})).toBe('name is missing.');
    expect(said(z.strictObject({}), { extra: 1 })).toBe('extra is not a field of this; leave it out.');
  });

  it('never repeats what was given', () => {
    const schema = z.object({ a: z.string().max(3), b: z.enum(['x']), c: z.string().regex(/^\d+$/) });
    for (const value of [{ a: 'secret' }, { a: 'a', b: 'secret' }, { a: 'a', b: 'x', c: 'secret' }]) {
      expect(said(schema, value)).not.toContain('secret');
    }
  });
});
