import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { IDLE, type PageNote, type SyncEvent, type SyncState } from './state.ts';
import { createModel, type Model, NAMES } from './testing/model.ts';

const name = fc.constantFrom(...NAMES);
const step = fc.oneof(
  { weight: 18, arbitrary: fc.nat(50).map((n) => ['deliver', n] as const) },
  { weight: 9, arbitrary: name.map((who) => ['append', who] as const) },
  { weight: 9, arbitrary: fc.tuple(fc.constant('fire' as const), name, fc.nat(9)) },
  { weight: 3, arbitrary: fc.nat(50).map((n) => ['drop', n] as const) },
  { weight: 3, arbitrary: fc.boolean().map((up) => ['center', up] as const) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('link' as const), name, name, fc.boolean()) },
  { weight: 1, arbitrary: fc.nat(30).map((keep) => ['restore', keep] as const) },
  { weight: 1, arbitrary: name.map((who) => ['restart', who] as const) },
  { weight: 2, arbitrary: name.map((who) => ['change', who] as const) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function run(model: Model, one: Step): void {
  if (one[0] === 'deliver') model.deliver(one[1]);
  else if (one[0] === 'append') model.append(one[1]);
  else if (one[0] === 'fire') model.fire(one[1], one[2]);
  else if (one[0] === 'drop') model.drop(one[1]);
  else if (one[0] === 'center') model.setCenter(one[1]);
  else if (one[0] === 'link') model.link(one[1], one[2], one[3]);
  else if (one[0] === 'restore') model.restoreCenter(one[1]);
  else if (one[0] === 'change') model.change(one[1]);
  else model.restart(one[1]);
}

function note(from: number, to: number): Omit<PageNote, 'elsewhere'> {
  return { id: 1, epoch: 'x', from, to, head: to };
}

describe('sync decisions', () => {
  it('hold every invariant in any order of events, and bring everyone together afterwards', () => {
    let keptApplied = 0;
    let overtook = 0;
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 10, maxLength: 150, size: 'max' }),
        fc.array(fc.nat(999), { minLength: 1, maxLength: 50 }),
        (steps, lucks) => {
          let n = 0;
          const model = createModel(() => (lucks[n++ % lucks.length] as number) / 1000);
          for (const one of steps) run(model, one);
          if (!model.heal(3_000)) throw new Error(`not together: ${model.describe()}`);
          keptApplied += model.keptApplied();
          overtook += model.overtook();
        },
      ),
      { numRuns: 400 },
    );
    expect(keptApplied).toBeGreaterThan(50);
    expect(overtook).toBeGreaterThan(50);
  });

  it('let nothing be told of by events that nobody asked for', () => {
    const stray: fc.Arbitrary<SyncEvent> = fc.constantFrom<SyncEvent>(
      { t: 'helloAnswered', epoch: 'x', head: 9, wants: [] },
      { t: 'helloFailed', why: 'unreachable' },
      { t: 'pullAnswered', page: { id: 1, epoch: 'x', from: 0, to: 5, head: 5, elsewhere: false } },
      { t: 'pullFailed', why: 'unreachable' },
      { t: 'liveArrived', page: { id: 1, epoch: 'x', from: 0, to: 5, head: 5, elsewhere: false } },
      { t: 'pushLeft', lane: 'own', push: 1, through: [{ log: 'l', seq: 9 }] },
      { t: 'pushAnswered', lane: 'own', push: 1, epoch: 'x', acks: [{ log: 'l', seq: 9 }], problems: [] },
      { t: 'pushFailed', lane: 'rest', push: 1, why: 'refused' },
      { t: 'liveUp' },
      { t: 'liveDown' },
      { t: 'snapshotArrived', cursor: { epoch: 'x', n: 4 }, heads: [] },
      { t: 'requestsSent', again: 5 },
      { t: 'timer', timer: 'check' },
      { t: 'peerMessage', station: 'z', centerReached: false, logs: [{ log: 'l', seq: 3 }] },
    );
    fc.assert(
      fc.property(fc.array(stray, { maxLength: 20 }), (events) => {
        let state: SyncState = IDLE;
        for (const event of events) {
          const decided = decide(state, event, 0.5);
          expect(decided.effects).toEqual([]);
          state = decided.state;
        }
        expect(state.center).toBe('idle');
      }),
    );
  });

  it('greet once more where the roster or what is read changed while a greeting was under way: its answer may be of before', () => {
    const heads = [{ log: 'l', seq: 1 }];
    const greetings = (events: readonly SyncEvent[]): number => {
      let state: SyncState = IDLE;
      let count = 0;
      for (const event of events) {
        const decided = decide(state, event, 0.5);
        state = decided.state;
        count += decided.effects.filter((effect) => effect.do === 'hello').length;
      }
      return count;
    };
    const started: SyncEvent = {
      t: 'started',
      cursor: { epoch: 'x', n: 5 },
      heads,
      unacknowledged: [],
      log: 'own',
    };
    const answered: SyncEvent = { t: 'helloAnswered', epoch: 'x', head: 5, wants: [] };
    const changed: SyncEvent = { t: 'rosterChanged' };
    expect(greetings([started, answered])).toBe(1);
    expect(greetings([started, changed, changed, answered])).toBe(2);
    expect(greetings([started, changed, answered, answered, answered])).toBe(2);
    // A greeting that failed is said again in any case.
    expect(greetings([started, changed, { t: 'helloFailed', why: 'unreachable' }])).toBe(1);
    expect(
      greetings([started, changed, { t: 'helloFailed', why: 'unreachable' }, { t: 'timer', timer: 'hello' }, answered]),
    ).toBe(2);
  });

  it('give a greeting that hangs up for a new one when the network is back, once, and hear of the old one no more', () => {
    let state: SyncState = IDLE;
    const happen = (event: SyncEvent): string[] => {
      const decided = decide(state, event, 0.5);
      state = decided.state;
      return decided.effects.map((effect) => effect.do).filter((done) => done !== 'disarm');
    };
    happen({ t: 'started', cursor: { epoch: 'x', n: 5 }, heads: [], unacknowledged: [], log: 'own' });
    for (let n = 0; n < 3; n++) {
      happen({ t: 'helloFailed', why: 'unreachable' });
      happen({ t: 'timer', timer: 'hello' });
    }
    expect(happen({ t: 'networkReturned' })).toEqual(['abandonGreeting', 'hello']);
    // Every peer of a large room says so.
    expect(happen({ t: 'networkReturned' })).toEqual([]);
    expect(state).toMatchObject({ greeting: true, tries: 0 });
    happen({ t: 'helloFailed', why: 'unreachable' });
    expect(happen({ t: 'networkReturned' })).toEqual(['hello']);
    expect(happen({ t: 'networkReturned' })).toEqual(['abandonGreeting', 'hello']);
    happen({ t: 'helloAnswered', epoch: 'x', head: 5, wants: [] });
    expect(happen({ t: 'networkReturned' })).toEqual([]);
  });

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

  it('look at a center whose channel does not open when they were going to: trying to open it puts the look off no further', () => {
    let state: SyncState = IDLE;
    const armed: string[] = [];
    const happen = (event: SyncEvent): void => {
      const decided = decide(state, event, 0.5);
      state = decided.state;
      for (const effect of decided.effects) if (effect.do === 'arm') armed.push(effect.timer);
    };
    happen({ t: 'started', cursor: { epoch: 'x', n: 5 }, heads: [], unacknowledged: [], log: 'own' });
    happen({ t: 'helloAnswered', epoch: 'x', head: 5, wants: [] });
    expect(armed.filter((timer) => timer === 'check')).toHaveLength(1);
    for (let tries = 0; tries < 5; tries++) {
      happen({ t: 'liveDown' });
      happen({ t: 'timer', timer: 'live' });
    }
    expect(armed.filter((timer) => timer === 'check')).toHaveLength(1);
    // While it was open the look was far off.
    happen({ t: 'liveUp' });
    happen({ t: 'timer', timer: 'check' });
    happen({ t: 'liveDown' });
    expect(armed.filter((timer) => timer === 'check')).toHaveLength(3);
  });

  it('ask a center whose page ends where they stand, on another item, what has become of it', () => {
    const heads = [{ log: 'l', seq: 1 }];
    let state: SyncState = decide(
      IDLE,
      { t: 'started', cursor: { epoch: 'x', n: 5 }, heads, unacknowledged: [], log: 'own' },
      0.5,
    ).state;
    for (const event of [{ t: 'helloAnswered', epoch: 'x', head: 5, wants: [] }, { t: 'liveUp' }] as const)
      state = decide(state, event, 0.5).state;
    state = decide(state, { t: 'pullAnswered', page: { ...note(5, 5), elsewhere: false } }, 0.5).state;
    const late = decide(state, { t: 'liveArrived', page: { ...note(3, 5), elsewhere: false } }, 0.5);
    expect(late.effects).toEqual([]);
    const other = decide(state, { t: 'liveArrived', page: { ...note(3, 5), elsewhere: true } }, 0.5);
    expect(other.effects.map((effect) => effect.do)).toContain('hello');
  });

  describe('of pushes that are on their way', () => {
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
      expect([append(1), left(1, 1), append(2), left(2, 2), append(3), left(3, 3)]).toEqual([
        [1],
        [],
        [2],
        [],
        [3],
        [],
      ]);
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

  describe('of a page that comes live while what lies before it is pulled', () => {
    const happened = (state: SyncState, event: SyncEvent) => decide(state, event, 0.5);
    const live = (from: number, to: number): SyncEvent => ({
      t: 'liveArrived',
      page: { ...note(from, to), id: from, elsewhere: false },
    });
    /** Stands on 5, has heard of 2,000, and is asking for the first thousand after that. */
    const behind = (): SyncState => {
      const heads = [{ log: 'l', seq: 1 }];
      const cursor = { epoch: 'x', n: 5 };
      let state = happened(IDLE, { t: 'started', cursor, heads, unacknowledged: [], log: 'own' }).state;
      for (const event of [{ t: 'helloAnswered', epoch: 'x', head: 2_000, wants: [] }, { t: 'liveUp' }] as const)
        state = happened(state, event).state;
      return state;
    };
    const answered = (head: number): SyncEvent => ({ t: 'helloAnswered', epoch: 'x', head, wants: [] });
    const pulled = (from: number, to: number): SyncEvent => ({
      t: 'pullAnswered',
      page: { ...note(from, to), head: 2_600, elsewhere: false },
    });

    it('keep it, pull as far as it and no further, and apply it then', () => {
      const one = happened(behind(), live(2_000, 2_500));
      const two = happened(one.state, live(2_500, 2_600));
      expect([one.effects, two.effects]).toEqual([[{ do: 'keep', page: 2_000 }], [{ do: 'keep', page: 2_500 }]]);
      const more = happened(two.state, pulled(5, 1_005));
      expect(more.effects).toContainEqual({ do: 'pull', epoch: 'x', after: 1_005, limit: 995 });
      const there = happened(more.state, pulled(1_005, 2_000));
      const applied = there.effects.flatMap((effect) => (effect.do === 'apply' ? [effect.page] : []));
      expect(applied).toEqual([1, 2_000, 2_500]);
      expect([there.state.fetched, there.state.kept]).toEqual([2_600, []]);
      expect(there.effects.map((effect) => effect.do)).not.toContain('pull');
    });

    it('keep no other than what goes on where the last one ends, and not without end', () => {
      let { state } = happened(behind(), live(2_000, 2_500));
      expect(happened(state, live(2_600, 2_700)).effects).toEqual([]);
      for (let from = 2_500; from < 40_000; from += 500) state = happened(state, live(from, from + 500)).state;
      expect(state.kept.at(-1)?.to).toBe(18_000);
    });

    it('take no more than a bounded number ahead of what is stored, and pull the rest once that is', () => {
      let state = happened(behind(), pulled(5, 2_600)).state;
      for (let from = 2_600; from < 60_600; from += 500) state = happened(state, live(from, from + 500)).state;
      expect(state.fetched).toBeLessThanOrEqual(state.cursor + 16_000);
      expect((state.kept.at(-1)?.to ?? 0) - state.cursor).toBeLessThanOrEqual(32_500);
      const { fetched } = state;
      const stored = happened(state, { t: 'pageArrived', result: 'applied', epoch: 'x', cursor: fetched, logs: [] });
      expect(stored.effects).toContainEqual({ do: 'pull', epoch: 'x', after: fetched, limit: 500 });
    });

    it('ask again for what a store refused at once, though another page was on its way when that was told', () => {
      const first = happened(behind(), pulled(5, 1_005)).state;
      expect(first.pulling).toBe(1_005);
      const back = happened(first, { t: 'pageArrived', result: 'gap', epoch: 'x', cursor: 5, logs: [] });
      expect(back.effects).toEqual([]);
      const there = happened(back.state, pulled(1_005, 2_005));
      expect(there.effects).toEqual([{ do: 'pull', epoch: 'x', after: 5, limit: 1_000 }]);
      // A center that answers the same question with nothing is asked no more than each check does.
      expect(happened(there.state, pulled(5, 5)).effects.map((effect) => effect.do)).not.toContain('pull');
    });

    it('ask behind a page that is under way when they hear of more, though it brings nothing: its answer may be of before', () => {
      const asking = (): SyncState => happened(behind(), pulled(5, 2_600)).state;
      const nothing: SyncEvent = { t: 'pullAnswered', page: { ...note(2_600, 2_600), head: 2_600, elsewhere: false } };
      const done = happened(
        happened(asking(), { t: 'pageArrived', result: 'applied', epoch: 'x', cursor: 2_600, logs: [] }).state,
        {
          t: 'timer',
          timer: 'check',
        },
      );
      expect(done.state.pulling).toBe(2_600);
      const again = { do: 'pull', epoch: 'x', after: 2_600 };
      // The live channel skipped some, the greeting that is answered names a newer number, and the channel has only come up since.
      const beyond = happened(done.state, live(2_601, 2_602)).state;
      expect(happened(beyond, nothing).effects).toEqual([{ ...again, limit: 1 }]);
      const greeted = happened(happened(done.state, { t: 'rosterChanged' }).state, answered(2_601)).state;
      expect(happened(greeted, nothing).effects).toEqual([{ ...again, limit: 1_000 }]);
      const opened = happened(happened(happened(done.state, { t: 'liveDown' }).state, answered(2_600)).state, {
        t: 'timer',
        timer: 'live',
      });
      expect(opened.effects).toEqual([{ do: 'openLive' }]);
      const up = happened(opened.state, { t: 'liveUp' });
      expect(up.effects).toEqual([]);
      const last = happened(up.state, nothing);
      expect(last.effects).toEqual([{ ...again, limit: 1_000 }]);
      // And no more than once for what was heard of.
      expect(happened(last.state, nothing).effects).toEqual([]);
      expect(happened(happened(beyond, nothing).state, nothing).effects).toEqual([]);
    });

    it('greet once more where a page is not of the stream that is read here, and a greeting was under way when it came', () => {
      const greeting = happened(behind(), { t: 'rosterChanged' }).state;
      const other: SyncEvent = { t: 'liveArrived', page: { ...note(1, 5), elsewhere: true } };
      const heard = happened(greeting, other);
      expect(heard.effects).toEqual([]);
      expect(happened(heard.state, answered(2_000)).effects).toContainEqual({ do: 'hello' });
    });

    it('let go of it when the channel breaks', () => {
      const kept = happened(behind(), live(2_000, 2_500)).state;
      const down = happened(kept, { t: 'liveDown' });
      expect(down.effects).toContainEqual({ do: 'forgetKept' });
      expect(down.state.kept).toEqual([]);
    });
  });

  it('never change the state they were given', () => {
    const before = JSON.stringify(IDLE, (_, v: unknown) => (v instanceof Map || v instanceof Set ? [...v] : v));
    const { state } = decide(IDLE, { t: 'started', cursor: null, heads: [], unacknowledged: [], log: 'l' }, 0);
    decide(state, { t: 'localAppended', log: 'l', seq: 1 }, 0);
    expect(state.logs.get('l')?.held).toBe(0);
    expect(JSON.stringify(IDLE, (_, v: unknown) => (v instanceof Map || v instanceof Set ? [...v] : v))).toBe(before);
  });

  it('keep a bounded number of logs in mind that only a peer speaks of, and forget them with it', () => {
    let state: SyncState = decide(IDLE, { t: 'peerUp', station: 'z' }, 0.5).state;
    for (let message = 0; message < 30; message++) {
      const logs = Array.from({ length: 1_000 }, (_, n) => ({ log: `${message}-${n}`, seq: 9 }));
      logs.push({ log: 'x'.repeat(100_000), seq: 9 });
      state = decide(state, { t: 'peerMessage', station: 'z', centerReached: false, logs }, 0.5).state;
    }
    expect(state.logs.size).toBe(20_000);
    expect(Math.max(...[...state.logs.keys()].map((log) => log.length))).toBeLessThanOrEqual(128);
    const held = decide(
      state,
      { t: 'peerFrames', station: 'z', held: [{ log: 'real', seq: 1 }], ahead: [] },
      0.5,
    ).state;
    expect(held.logs.get('real')?.held).toBe(1);
    expect([...decide(held, { t: 'peerDown', station: 'z' }, 0.5).state.logs.keys()]).toEqual(['real']);
  });
});
