import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { IDLE, type PageNote, type SyncEvent, type SyncState } from './state.ts';

function note(from: number, to: number): Omit<PageNote, 'elsewhere'> {
  return { id: 1, epoch: 'x', from, to, head: to };
}

describe('sync decisions about the center', () => {
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
});

describe('sync decisions on a page that comes live while what lies before it is pulled', () => {
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
