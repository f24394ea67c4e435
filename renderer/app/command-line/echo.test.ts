import { expect, it } from 'vitest';
import type { Decision } from '#domain/kernel/decision.ts';
import { questionOf } from './echo.ts';

const because = (...reasons: string[]): Decision => ({
  verdict: 'REQUIRE_CONFIRMATION',
  rules: reasons.map((reason) => ({ rule: 'unit.busy@1', verdict: 'REQUIRE_CONFIRMATION', reason, evidence: [] })),
  next: [],
});

it('a question says each reason once, whether the refusal says them all or none', () => {
  const [first, second] = ['E08 is on scene 26-00201.', 'E36 is dispatched 26-00201.'];
  expect(questionOf(`${first} ${second}`, because(first, second)).reasons).toEqual([]);
  expect(questionOf(first, because(first)).reasons).toEqual([]);
  expect(questionOf('Send them all the same?', because(first, second)).reasons).toEqual([first, second]);
});
