import { expect, it } from 'vitest';
import { IncidentsKeptInSchema } from '#domain/cad/keeping-api.ts';
import { refusalOf } from '#domain/kernel/refusal.ts';
import { yearsTyped } from './years-typed.ts';

it('is the number that was typed, or refused at its field: what is no number never means for ever', () => {
  const sent = (text: string): unknown => {
    const body = JSON.parse(JSON.stringify({ years: yearsTyped(text), reason: 'a test' }));
    const read = IncidentsKeptInSchema.safeParse(body);
    return read.success ? read.data.years : refusalOf(read.error).field;
  };
  expect([' 10 ', '', ' ', '7'].map(sent)).toEqual([10, null, null, 7]);
  expect(['10 years', 'ten', '1O', '10.5', '1e2', '-10', '٧', 'null', '6'].map(sent)).toEqual(Array(9).fill('years'));
});
