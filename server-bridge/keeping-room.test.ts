import { expect, it } from 'vitest';
import { keepRoom } from './keeping-room.ts';
import { testSite } from './store/testing/site.ts';
import { createTakingAgain } from './sync/taking-again.ts';
import { timersByHand } from './sync/testing/timers-by-hand.ts';

it.each([
  ['SQLITE_FULL', 'disk full'],
  ['SQLITE_READONLY_DBMOVED', 'unwritable'],
])('says of a disk that refuses (%s) what it is, until it takes something again', (code, state) => {
  let refusing = false;
  const store = testSite().open('a', {
    onWrite: () => {
      if (refusing) throw Object.assign(new Error('no room'), { code });
    },
  });
  const { timers, turn } = timersByHand();
  const trials = timersByHand();
  const said: (string | null)[] = [];
  const fault = (_: string, error: unknown): void => expect(error).toBeNull();
  const room = keepRoom({
    store,
    timers,
    takingAgain: createTakingAgain(store, trials.timers, fault),
    changed: () => said.push(room.refuses()),
    fault,
  });
  expect([trials.turn(), said]).toEqual([null, []]);
  expect([turn(), said]).toEqual([1_000, []]);
  refusing = true;
  expect(() => store.saveValue('draft', 'p1', 'intake', { caller: 'half' })).toThrow();
  turn();
  turn();
  expect([trials.turn(), said]).toEqual([1_000, [state]]);
  refusing = false;
  expect(trials.turn()).toBe(1_000);
  expect([said, store.refuses()]).toEqual([[state, null], null]);
  room.stop();
  expect([turn(), trials.turn()]).toEqual([null, null]);
});

it('notices a disk that can only be read though nobody enters anything, and believes what is written before what is said of it', () => {
  let [readOnly, refusing] = [true, false];
  const store = testSite().open('a', {
    onWrite: () => {
      if (refusing) throw Object.assign(new Error('read only'), { code: 'SQLITE_READONLY' });
    },
  });
  const { timers, turn } = timersByHand();
  const trials = timersByHand();
  const said: (string | null)[] = [];
  const isReadOnly = (): boolean => readOnly;
  const room = keepRoom({
    store: { ...store, isReadOnly },
    timers,
    takingAgain: createTakingAgain(store, trials.timers, () => {}),
    changed: () => said.push(room.refuses()),
    fault: () => {},
  });
  turn();
  expect(said).toEqual([]);
  refusing = true;
  turn();
  [readOnly, refusing] = [false, false];
  trials.turn();
  expect(said).toEqual(['unwritable', null]);
  room.stop();
});
