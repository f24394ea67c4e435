import { afterEach, describe, expect, it } from 'vitest';
import type { ToWindow } from '../../domain/bridge/message.ts';
import { type Desk, openDesk, SEAT } from '../dispatch/testing/desk.ts';
import { serveBridge } from './serve.ts';

/** A window that reads as fast as it is let. */
function slowWindow(desk: Desk) {
  const got: ToWindow[] = [];
  let backlog = 0;
  let hear: (raw: unknown) => void = () => undefined;
  let drained: () => void = () => undefined;
  serveBridge(
    {
      send: (message) => got.push(message),
      backlog: () => backlog,
      onMessage: (listener) => {
        hear = listener;
      },
      onDrain: (listener) => {
        drained = listener;
      },
      onClose: () => undefined,
      close: () => undefined,
    },
    {
      dispatch: desk.dispatch,
      station: 's',
      build: 'b',
      admit: () => ({ ok: false, refusal: { code: 'no', message: 'no' } }),
      fault: () => undefined,
    },
    SEAT.seat,
  );
  return {
    got,
    say: (message: object) => hear(JSON.stringify(message)),
    behind: (bytes: number) => {
      backlog = bytes;
      drained();
    },
  };
}

let desk: Desk | undefined;
afterEach(() => desk?.close());

const kinds = (messages: readonly ToWindow[]): string[] => messages.map(({ t }) => t);

describe('a window that is behind', () => {
  it('hears the answer to a call after what the call did, as one that is not', () => {
    desk = openDesk();
    const window = slowWindow(desk);
    window.say({ t: 'watch', id: 1, topic: 'board' });
    window.say({ t: 'call', id: 2, name: 'incident.open', input: { source: 'call' } });
    expect(kinds(window.got)).toEqual(['snapshot', 'patch', 'result']);
    window.got.length = 0;
    window.behind(1_000_000);
    window.say({ t: 'call', id: 3, name: 'incident.open', input: { source: 'call' } });
    window.say({ t: 'call', id: 4, name: 'incident.open', input: {} });
    expect(window.got).toEqual([]);
    window.behind(500_000);
    expect(window.got).toEqual([]);
    window.behind(0);
    expect(window.got.map((message) => [message.t, 'id' in message ? message.id : null])).toEqual([
      ['patch', 1],
      ['result', 3],
      ['result', 4],
    ]);
  });

  it('is answered at once where nothing waits for it', () => {
    desk = openDesk();
    const window = slowWindow(desk);
    window.behind(1_000_000);
    window.say({ t: 'call', id: 1, name: 'no.such.call', input: {} });
    expect(kinds(window.got)).toEqual(['result']);
  });
});
