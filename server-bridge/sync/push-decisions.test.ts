import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { IDLE, type SyncEvent, type SyncState } from './state.ts';

describe('sync decisions', () => {
  it('push what they find that they hold of others’ logs, though no event told of it', () => {
    let state: SyncState = IDLE;
    const pushed: unknown[] = [];
    const happen = (event: SyncEvent): void => {
      const decided = decide(state, event, 0.5);
      state = decided.state;
      for (const effect of decided.effects) if (effect.do === 'push') pushed.push([effect.lane, effect.logs]);
    };
    happen({ t: 'started', cursor: { epoch: 'x', n: 5 }, heads: [], unacknowledged: [], log: 'own' });
    happen({ t: 'helloAnswered', epoch: 'x', head: 5, wants: [] });
    happen({ t: 'counted', unacknowledged: [{ log: 'other', from: 1, through: 3, own: false }] });
    happen({ t: 'timer', timer: 'carry' });
    expect(pushed).toEqual([['rest', [{ log: 'other', from: 1 }]]]);
  });
});

describe('sync decisions on pushes that are on their way', () => {
  const station = () => {
    let state: SyncState = IDLE;
    const happen = (event: SyncEvent) => {
      const decided = decide(state, event, 0.5);
      state = decided.state;
      return decided.effects.flatMap((effect) => (effect.do === 'push' ? effect.logs.map(({ from }) => from) : []));
    };
    happen({ t: 'started', cursor: { epoch: 'x', n: 5 }, heads: [], unacknowledged: [], log: 'l' });
    happen({ t: 'helloAnswered', epoch: 'x', head: 5, wants: [] });
    /** And so long after the last push that the next may leave. */
    const append = (seq: number) => [
      ...happen({ t: 'localAppended', log: 'l', seq }),
      ...happen({ t: 'timer', timer: 'push' }),
    ];
    const left = (push: number, seq: number) =>
      happen({ t: 'pushLeft', lane: 'own', push, through: [{ log: 'l', seq }] });
    const answer = (push: number, seq: number, ahead = false) => {
      const problems = ahead ? [{ log: 'l', why: 'ahead', from: seq + 1 }] : [];
      return happen({ t: 'pushAnswered', lane: 'own', push, epoch: 'x', acks: [{ log: 'l', seq }], problems });
    };
    return { happen, append, left, answer };
  };

  it('let what is appended meanwhile leave behind them, each going on where the one before it ends, and no more than a few', () => {
    const { append, left, answer } = station();
    expect([append(1), left(1, 1), append(2), left(2, 2), append(3), left(3, 3)]).toEqual([[1], [], [2], [], [3], []]);
    expect([append(4), left(4, 4), append(5), append(6)]).toEqual([[4], [], [], []]);
    expect([answer(1, 1), left(5, 6)]).toEqual([[5], []]);
    expect([answer(2, 2), answer(3, 3), answer(4, 4), answer(5, 6)]).toEqual([[], [], [], []]);
  });

  it('send what one had no room for in the next, without waiting for an answer', () => {
    const { append, left, answer } = station();
    append(250);
    expect([left(1, 100), left(2, 200), left(3, 250)]).toEqual([[101], [201], []]);
    expect([answer(3, 250), answer(2, 250), answer(1, 250)]).toEqual([[], [], []]);
  });

  it('gather a quick run of facts: with few of them none leaves before the last one is answered, or a moment old', () => {
    const { happen, left, answer } = station();
    const appended = (seq: number) => happen({ t: 'localAppended', log: 'l', seq });
    const later = () => happen({ t: 'timer', timer: 'push' });
    expect([appended(1), left(1, 1), appended(2), appended(3), later(), left(2, 3)]).toEqual([
      [1],
      [],
      [],
      [],
      [2],
      [],
    ]);
    expect([appended(4), answer(1, 1), answer(2, 3), left(3, 4)]).toEqual([[], [], [4], []]);
    expect([appended(23), appended(24)]).toEqual([[], [5]]);
  });

  it('wait for all of a log where one overtook another, and begin again after what is acknowledged, once', () => {
    const { append, left, answer } = station();
    append(1);
    left(1, 1);
    append(2);
    left(2, 2);
    append(3);
    left(3, 3);
    expect([answer(3, 0, true), append(4), answer(2, 0, true)]).toEqual([[], [], []]);
    expect(answer(1, 1)).toEqual([2]);
    // What still gains nothing then waits for a count or a greeting.
    left(4, 4);
    expect([answer(4, 1, true), append(5)]).toEqual([[], []]);
  });

  it('wait for what left after one that failed, for nothing it carries can be taken', () => {
    const { happen, append, left, answer } = station();
    append(1);
    left(1, 1);
    append(2);
    left(2, 2);
    expect(happen({ t: 'pushFailed', lane: 'own', push: 1, why: 'unreachable' })).toEqual([]);
    expect(happen({ t: 'helloAnswered', epoch: 'x', head: 5, wants: [{ log: 'l', from: 1 }] })).toEqual([]);
    expect(answer(2, 0, true)).toEqual([1]);
  });
});
