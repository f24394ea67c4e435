import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { IDLE, type SyncEvent, type SyncState } from './state.ts';
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
          keptApplied += model.counts.keptApplied;
          overtook += model.counts.overtook;
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
