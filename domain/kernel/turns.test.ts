import { describe, expect, it } from 'vitest';
import { inTurn } from './turns.ts';

describe('what is begun side by side', () => {
  const heard: string[] = [];
  const hearing = (said: Promise<string>): Promise<void> =>
    said.then(
      (value) => void heard.push(value),
      (error: Error) => void heard.push(error.message),
    );
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('is handed on in the order in which it was begun, in each line, and a failure holds nobody up', async () => {
    const turn = inTurn();
    const [a, b, c, other] = [0, 1, 2, 3].map(() => Promise.withResolvers<string>()) as [
      PromiseWithResolvers<string>,
      PromiseWithResolvers<string>,
      PromiseWithResolvers<string>,
      PromiseWithResolvers<string>,
    ];
    const all = [turn('x', a.promise), turn('x', b.promise), turn('x', c.promise), turn('y', other.promise)].map(
      hearing,
    );
    c.resolve('third');
    other.resolve('of another line');
    await settled();
    expect(heard.splice(0)).toEqual(['of another line']);
    b.reject(new Error('second failed'));
    await settled();
    expect(heard.splice(0)).toEqual(['second failed']);
    a.resolve('first');
    await Promise.all(all);
    expect(heard.splice(0)).toEqual(['first', 'third']);
    await hearing(turn('x', Promise.resolve('later')));
    expect(heard).toEqual(['later']);
  });
});
