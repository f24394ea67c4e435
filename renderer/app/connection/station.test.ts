import { describe, expect, it, vi } from 'vitest';
import type { ToStation } from '#domain/bridge/message.ts';
import { stationWire } from '../../testing/station-wire.ts';

const last = (sent: readonly ToStation[]) => sent.at(-1) as { readonly id: number };

describe('a window’s station', () => {
  it('keeps what a topic showed through a lost connection and asks for it again', () => {
    const { station, sent, hear, turn } = stationWire();
    turn(true);
    const topic = station.topic('board');
    topic.hold();
    hear({ t: 'snapshot', id: last(sent).id, n: 0, state: { units: { a: 1 } } });
    hear({ t: 'patch', id: last(sent).id, n: 1, set: { units: { b: 2 } }, gone: { units: ['a'] } });
    expect(topic.store.getState().state).toEqual({ units: { b: 2 } });
    turn(false);
    expect(topic.store.getState()).toMatchObject({ ready: true, state: { units: { b: 2 } } });
    turn(true);
    expect(sent.at(-1)).toMatchObject({ t: 'watch', topic: 'board' });
    hear({ t: 'snapshot', id: last(sent).id, n: 0, state: { units: {} } });
    expect(topic.store.getState().state).toEqual({ units: {} });
  });

  it('asks for a new snapshot where a patch is missing, and applies none out of order', () => {
    const { station, sent, hear, turn } = stationWire();
    turn(true);
    const topic = station.topic('board');
    topic.hold();
    const { id } = last(sent);
    hear({ t: 'snapshot', id, n: 4, state: { units: {} } });
    hear({ t: 'patch', id, n: 6, set: { units: { z: 1 } }, gone: {} });
    expect(topic.store.getState().state).toEqual({ units: {} });
    expect(sent.slice(-2)).toMatchObject([
      { t: 'unwatch', id },
      { t: 'watch', topic: 'board' },
    ]);
    hear({ t: 'patch', id, n: 7, set: { units: { z: 1 } }, gone: {} });
    expect(topic.store.getState().state).toEqual({ units: {} });
  });

  it('answers calls by their id, with the decision of a question', async () => {
    const { station, sent, hear, turn } = stationWire();
    turn(true);
    const first = station.call('session.lock', {});
    const second = station.call('session.lock', {});
    const [a, b] = sent.slice(-2) as { readonly id: number }[];
    const decision = { verdict: 'REQUIRE_CONFIRMATION', rules: [], next: ['confirm'] };
    hear({ t: 'result', id: b?.id ?? 0, ok: false, refusal: { code: 'confirm.needed', message: 'Sure?' }, decision });
    hear({ t: 'result', id: a?.id ?? 0, ok: true, value: {} });
    expect(await first).toEqual({ ok: true, value: {} });
    expect(await second).toMatchObject({ ok: false, refusal: { code: 'confirm.needed' }, decision });
  });

  it('is said to be silent while a call waits for longer than any takes, until it says something', async () => {
    vi.useFakeTimers();
    try {
      const { station, sent, hear, turn } = stationWire();
      const silent = (): boolean => station.connection.getState().silent;
      turn(true);
      void station.call('request.await', { request: 'r', waitMs: 30_000 });
      vi.advanceTimersByTime(20_000);
      expect(silent()).toBe(false);
      const asked = station.call('session.active', {});
      const { id } = last(sent);
      vi.advanceTimersByTime(1_000);
      expect(silent()).toBe(false);
      vi.advanceTimersByTime(1_000);
      expect(silent()).toBe(true);
      hear({ t: 'result', id, ok: true, value: {} });
      expect(silent()).toBe(false);
      expect(await asked).toEqual({ ok: true, value: {} });
      const cut = station.call('session.active', {});
      turn(false);
      await cut;
      vi.advanceTimersByTime(20_000);
      expect(silent()).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it('refuses at once while the station is away, and says so of calls that were cut', async () => {
    const { station, turn } = stationWire();
    expect(await station.call('session.lock', {})).toMatchObject({ ok: false, refusal: { code: 'station.away' } });
    turn(true);
    const cut = station.call('session.lock', {});
    turn(false);
    expect(await cut).toMatchObject({ ok: false, refusal: { code: 'station.cut' } });
  });
});
