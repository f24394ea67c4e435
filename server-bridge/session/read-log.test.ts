import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Me } from '../../domain/bridge/calls.ts';
import { CALLS } from '../../domain/bridge/calls.ts';
import { done } from '../../domain/kernel/refusal.ts';
import { type Desk, me, openDesk, SEAT } from '../dispatch/testing/desk.ts';
import { StoreFailure } from '../store/state.ts';
import { SyncFailure, type Timers } from '../sync/ports.ts';
import { startReadCourier } from '../sync/read-courier.ts';
import type { Sessions } from './port.ts';
import { createReadLog, type ReadLog } from './read-log.ts';

/** A seat in which somebody is signed in, until somebody else is. */
function seat(): Sessions & { readonly take: (next: Me | null) => void } {
  let current: Me | null = me();
  const listeners = new Set<(seat: string) => void>();
  const refused = { ok: false, refusal: { code: 'x', message: 'x' } } as const;
  return {
    me: () => current,
    author: () => ({
      by: current?.user ?? null,
      session: current?.session ?? null,
      position: current?.position ?? null,
    }),
    accessToken: () => null,
    signIn: () => Promise.resolve(refused),
    signOut: () => undefined,
    lock: () => undefined,
    active: () => undefined,
    ended: () => undefined,
    reached: () => undefined,
    unlock: () => Promise.resolve(refused),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => undefined,
    take: (next) => {
      current = next;
      for (const listener of [...listeners]) listener(SEAT.seat);
    },
  };
}

/** Timers that run when they are told to. */
function handTimers(): Timers & { readonly run: () => Promise<void>; readonly waits: () => readonly number[] } {
  let armed: { ms: number; run: () => void }[] = [];
  return {
    after: (ms, run) => {
      const one = { ms, run };
      armed.push(one);
      return () => {
        armed = armed.filter((other) => other !== one);
      };
    },
    run: async () => {
      const due = armed;
      armed = [];
      for (const { run } of due) run();
      for (let n = 0; n < 20; n++) await Promise.resolve();
    },
    waits: () => armed.map(({ ms }) => ms),
  };
}

let desk: Desk;
let sessions: ReturnType<typeof seat>;
let timers: ReturnType<typeof handTimers>;
let now: number;
let reads: ReadLog;
const fault = (where: string, error: unknown): never => {
  throw new Error(where, { cause: error });
};
const newLog = (): ReadLog =>
  createReadLog({
    store: { ...desk.store, now: () => now },
    sessions,
    timers,
    clock: () => now,
    random: (length) => new Uint8Array(length).fill(Math.floor(Math.random() * 256)),
    fault,
  });

beforeEach(() => {
  now = Date.UTC(2026, 10, 25, 12, 0, 5);
  timers = handTimers();
  sessions = seat();
  desk = openDesk({
    sessions,
    reads: { shown: (...of) => reads.shown(...of), opened: (...of) => reads.opened(...of) },
  });
  reads = newLog();
});
afterEach(() => desk.close());

function open(caller = 'Rosa'): string {
  const input = CALLS['incident.open'].input.parse({
    location: { text: '12 Pier St' },
    nature: { code: '10', text: 'Chest pain' },
    caller,
    source: 'call',
  });
  const answer = desk.dispatch.call('incident.open', input, SEAT);
  if (answer instanceof Promise || !answer.ok) throw new Error('not opened');
  return answer.value.incident as string;
}

/** Everything that waits, which goes away. */
function all(
  from = reads,
): { readonly by: string; readonly entity: string; readonly opened: boolean; readonly seq: number }[] {
  from.save();
  const found = [];
  for (let next = from.waiting(); next; next = from.waiting()) {
    for (const { by, entity, fields, seq } of next.reads)
      found.push({ by, entity, opened: fields.includes('notes'), seq });
    from.taken(next.name);
  }
  return found;
}

describe('what was shown', () => {
  it('is noted when an incident is opened and when its row is on a board: who, at which position, in which session', () => {
    const id = open();
    desk.watch('board');
    desk.watch(`incident:${id}`);
    reads.save();
    const waiting = reads.waiting();
    const common = { by: 'kim', session: 'session-kim', position: 'p1', entity: `incident:${id}`, at: now };
    expect(waiting?.reads).toEqual([
      { ...common, seq: 1, fields: ['location', 'caller', 'callback', 'patient'] },
      { ...common, seq: 2, fields: ['location', 'caller', 'callback', 'patient', 'notes'] },
    ]);
  });

  it('is kept until the disk takes it, in the order of its numbers', async () => {
    const faults: string[] = [];
    let full = true;
    reads = createReadLog({
      store: {
        ...desk.store,
        saveValue: (...of) => {
          if (full) throw new StoreFailure('disk full');
          desk.store.saveValue(...of);
        },
      },
      sessions,
      timers,
      clock: () => now,
      random: (length) => new Uint8Array(length),
      fault: (where) => faults.push(where),
    });
    const id = open();
    desk.watch('board');
    await timers.run();
    expect([faults, reads.waiting()]).toEqual([['reads'], null]);
    desk.watch(`incident:${id}`);
    full = false;
    await timers.run();
    expect(all().map(({ seq, opened }) => [seq, opened])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('that cannot be read back holds up no other, is told of once, and stays for whoever looks into it', () => {
    const faults: string[] = [];
    const id = open();
    desk.store.saveValue('read', 'center', '0/000000000001', { log: 'not one' });
    reads = createReadLog({
      store: { ...desk.store, now: () => now },
      sessions,
      timers,
      clock: () => now,
      random: (length) => new Uint8Array(length),
      fault: (where) => faults.push(where),
    });
    desk.watch(`incident:${id}`);
    expect(all()).toMatchObject([{ entity: `incident:${id}` }]);
    expect(reads.waiting()).toBeNull();
    expect(faults).toEqual(['reads']);
    expect(desk.store.values('read', 'center').size).toBe(1);
  });

  it('is one record for a person, an entity and a minute, however often it is sent to a window', () => {
    const id = open();
    desk.watch('board');
    for (let n = 0; n < 30; n++) {
      desk.dispatch.call('incident.edit', { incident: id, set: { caller: `Rosa ${n}` } }, SEAT);
    }
    desk.watch('board');
    expect(all()).toHaveLength(1);
    now += 60_000;
    desk.watch('board');
    const other = open();
    expect(all().map(({ entity }) => entity)).toEqual([`incident:${id}`, `incident:${other}`]);
  });

  it('is of no units, of no topic without rows, and of nobody where nobody is signed in', () => {
    sessions.take(null);
    desk.watch('board');
    desk.watch('history:m36');
    desk.watch('incident:not-there');
    sessions.take(me());
    desk.watch('history:m36');
    desk.watch('incident:not-there');
    expect(all()).toEqual([]);
  });

  it('is noted for whoever takes over the seat, although nothing was sent anew', () => {
    const id = open();
    desk.watch('board');
    all();
    sessions.take(me(['dispatcher'], { user: 'lee', session: 'session-lee' }));
    expect(all()).toEqual([{ by: 'lee', entity: `incident:${id}`, opened: false, seq: 2 }]);
  });

  it('is noted of a kept document too', async () => {
    const document = { media: 'application/pdf', base64: '' };
    desk.close();
    desk = openDesk({
      sessions,
      reads: { shown: () => undefined, opened: (...of) => reads.opened(...of) },
      documents: { open: async () => done(document) },
    });
    reads = newLog();
    await desk.dispatch.call('document.open', { id: 'r1' }, SEAT);
    expect(all().map(({ entity }) => entity)).toEqual(['report:r1']);
  });

  it('is written a moment later and together, and found again by the next opening, in another log', async () => {
    const id = open();
    desk.watch('board');
    expect(reads.waiting()).toBeNull();
    expect(timers.waits()).toEqual([2_000]);
    await timers.run();
    const first = reads.waiting()?.log;
    now += 1_000;
    const next = newLog();
    next.shown(SEAT.seat, 'board', { incidents: { [id]: {} } });
    next.save();
    expect(next.waiting()?.log).toBe(first);
    next.taken(next.waiting()?.name ?? '');
    expect(next.waiting()?.log).not.toBe(first);
    expect(next.waiting()?.reads[0]?.seq).toBe(1);
  });
});

describe('the way to the center', () => {
  let reached = true;
  let busy = false;
  let steady = 0;
  let sent: number[][] = [];
  let answer: () => Promise<unknown> = () => Promise.resolve();
  const start = () =>
    startReadCourier({
      reads,
      timers,
      steady: () => steady,
      reached: () => reached,
      busy: () => busy,
      send: (input) => {
        sent.push(input.reads.map(({ seq }) => seq));
        return answer();
      },
      fault,
    });
  beforeEach(() => {
    [reached, busy, steady, sent] = [true, false, 0, []];
    answer = () => Promise.resolve();
  });

  it('waits in an outage and while facts wait, for a minute at most', async () => {
    open();
    desk.watch('board');
    reads.save();
    reached = false;
    const stop = start();
    await timers.run();
    expect(sent).toEqual([]);
    [reached, busy] = [true, true];
    await timers.run();
    expect(sent).toEqual([]);
    steady += 61_000;
    await timers.run();
    expect(sent).toEqual([[1]]);
    expect(reads.waiting()).toBeNull();
    stop();
    expect(timers.waits()).toEqual([]);
  });

  it('of what was read in an outage is gone in a few calls, and not in one for each two seconds of it', async () => {
    const id = open();
    desk.watch('board');
    for (let minute = 0; minute < 150; minute++) {
      now += 60_000;
      desk.dispatch.call('incident.edit', { incident: id, set: { caller: `Rosa ${minute}` } }, SEAT);
      await timers.run();
    }
    const stop = start();
    await timers.run();
    expect(sent.flat()).toEqual(Array.from({ length: 151 }, (_, n) => n + 1));
    expect(sent.length).toBeLessThan(5);
    expect(desk.store.values('read', 'center').size).toBe(0);
    stop();
  });

  it('takes nothing with it that was read while it was on its way', async () => {
    open();
    desk.watch('board');
    reads.save();
    answer = async () => {
      now += 60_000;
      desk.watch('board');
      reads.save();
      answer = () => Promise.resolve();
    };
    const stop = start();
    await timers.run();
    expect(sent).toEqual([[1], [2]]);
    expect(reads.waiting()).toBeNull();
    stop();
  });

  it('keeps what did not arrive, asks less often, and sends it again', async () => {
    open();
    desk.watch('board');
    reads.save();
    answer = () => Promise.reject(new SyncFailure('unreachable', 'away'));
    const stop = start();
    await timers.run();
    await timers.run();
    expect(sent).toEqual([[1], [1]]);
    expect(timers.waits()).toEqual([20_000]);
    answer = () => Promise.resolve();
    await timers.run();
    expect(reads.waiting()).toBeNull();
    expect(timers.waits()).toEqual([5_000]);
    stop();
  });
});

it('notes ten thousand rows on a board in a few milliseconds', () => {
  const rows = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`i${n}`, {}]));
  const began = performance.now();
  reads.shown(SEAT.seat, 'board', { incidents: rows });
  const first = performance.now() - began;
  // Whatever else the machine does meanwhile: it is not in each of them.
  const again = Array.from({ length: 5 }, () => {
    const round = performance.now();
    for (let n = 0; n < 200; n++) reads.shown(SEAT.seat, 'board', { incidents: { i1: {} } });
    return performance.now() - round;
  });
  expect(first).toBeLessThan(500);
  expect(Math.min(...again)).toBeLessThan(40);
});
