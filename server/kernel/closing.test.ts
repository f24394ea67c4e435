import { expect, it } from 'vitest';
import { notClosed, undoAll } from './closing.ts';
import { CenterFailure } from './db/failure.ts';

const undoing = (...fails: readonly (Error | null)[]) => {
  const undone: number[] = [];
  const steps = fails.map((error, i) => async () => {
    undone.push(i);
    if (error) throw error;
  });
  return { undone, steps };
};

it('undoes everything, last first, though some of it throws, and says then what did', async () => {
  const [one, other] = [new Error('one'), new Error('other')];
  const { undone, steps } = undoing(null, other, one, null);
  await expect(undoAll(steps)).rejects.toMatchObject({ errors: [one, other] });
  expect(undone).toEqual([3, 2, 1, 0]);
  await undoAll(steps);
  expect(undone).toHaveLength(4);
});

it('throws what a single step threw as it is', async () => {
  const one = new Error('one');
  const { undone, steps } = undoing(null, one);
  await expect(undoAll(steps)).rejects.toBe(one);
  expect(undone).toEqual([1, 0]);
});

it('undoes what a step that throws at once leaves', async () => {
  const undone: string[] = [];
  const steps = [
    async () => undone.push('first'),
    (): Promise<unknown> => {
      throw new Error('at once');
    },
  ];
  await expect(undoAll(steps)).rejects.toThrow('at once');
  expect(undone).toEqual(['first']);
});

it('is said in one line of what did not close, with nothing of what it held', () => {
  const secret = 'postgres://qd:secret@db/qd\n    at close (file.ts:1)';
  const refused = Object.assign(new TypeError(secret), { code: 'ECONNRESET' });
  const odd = Object.assign(new Error(secret), { code: secret });
  const known = new CenterFailure('postgres.stop', 'PostgreSQL did not stop.', refused);
  expect(notClosed(new AggregateError([refused, odd, known, secret], secret))).toBe(
    'The center ended, but not in order (TypeError ECONNRESET; Error; PostgreSQL did not stop; unknown error). What was acknowledged is kept: start it again.',
  );
  expect(notClosed(refused)).toContain('(TypeError ECONNRESET)');
});
