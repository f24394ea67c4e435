import { expect, it } from 'vitest';
import { createTakingAgain } from './taking-again.ts';
import { timersByHand } from './testing/timers-by-hand.ts';

it('tries a disk once a second for all that wait for it, and goes on with each of them, whatever becomes of another', () => {
  let [tried, takes] = [0, false];
  const store = {
    refuses: () => 'disk full' as const,
    takesAgain: () => {
      tried++;
      return takes;
    },
  };
  const { timers, turn } = timersByHand();
  const said: string[] = [];
  const { onceTaken, stop } = createTakingAgain(store, timers, (what) => said.push(what));
  expect(turn()).toBeNull();
  onceTaken(() => {
    said.push('the first');
    onceTaken(() => said.push('again'));
  });
  onceTaken(() => {
    throw new Error('fails');
  });
  onceTaken(() => said.push('the last'));
  expect([turn(), turn(), tried, said]).toEqual([1_000, 1_000, 2, []]);
  takes = true;
  turn();
  expect([tried, said]).toEqual([3, ['the first', 'What a disk had refused could not be gone on with', 'the last']]);
  turn();
  expect([tried, said.at(-1), turn()]).toEqual([4, 'again', null]);
  onceTaken(() => said.push('never'));
  stop();
  expect([turn(), said.includes('never')]).toEqual([null, false]);
});

it('goes on where the disk cannot even be looked at: whoever writes next is told why', () => {
  const { timers, turn } = timersByHand();
  const said: string[] = [];
  const takesAgain = (): never => {
    throw new Error('damaged');
  };
  const { onceTaken } = createTakingAgain({ refuses: () => 'unwritable', takesAgain }, timers, (what) =>
    said.push(what),
  );
  onceTaken(() => said.push('goes on'));
  turn();
  expect(said).toEqual(['The disk could not be looked at', 'goes on']);
});
