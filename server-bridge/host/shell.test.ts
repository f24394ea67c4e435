import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { ToWindow } from '../../domain/bridge/message.ts';
import { serveBridge } from '../bridge/serve.ts';
import { type Desk, openDesk, SEAT } from '../dispatch/testing/desk.ts';
import { createShell, type ParentPort, parentPortOf, type ShellPort } from './shell.ts';

/** A port of this runtime with the manners of the shell's. */
function shellPort(port: MessagePort): ShellPort {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event, listener) => port.on(event, (data: unknown) => listener({ data })),
    start: () => port.start(),
    close: () => port.close(),
  };
}

/** The shell's end of the process port. */
function shellSide(answers: (message: { id: number; do: string; bytes: string }) => string | null) {
  let hear: Parameters<ParentPort['on']>[1] = () => undefined;
  const parent: ParentPort = {
    on: (_event, listener) => {
      hear = listener;
    },
    postMessage: (message) => {
      const asked = message as { id: number; do: string; bytes: string };
      queueMicrotask(() => hear({ data: { t: 'secret', id: asked.id, bytes: answers(asked) }, ports: [] }));
    },
  };
  return { parent, say: (data: unknown, ports: readonly ShellPort[] = []) => hear({ data, ports }) };
}

let desk: Desk | null = null;
afterEach(() => desk?.close());

describe('the shell around the station', () => {
  it('is not there in a plain process', () => {
    expect(parentPortOf(process)).toBeNull();
  });

  it('hands windows over, also those that came early, and they speak the same bridge without a token', async () => {
    desk = openDesk();
    const { dispatch } = desk;
    const { parent, say } = shellSide(() => null);
    const shell = createShell(parent);
    const { port1, port2 } = new MessageChannel();
    say({ t: 'window', seat: SEAT.seat }, [shellPort(port1)]);
    say({ t: 'window' }, []);
    say('garbage');
    const admit = () => ({ ok: false as const, refusal: { code: 'no', message: 'no' } });
    const faults: string[] = [];
    shell.onWindow((connection, seat) =>
      serveBridge(
        connection,
        { dispatch, station: 's', build: 'b', admit, fault: (where) => faults.push(where) },
        seat,
      ),
    );
    const next = (): Promise<ToWindow> => new Promise((resolve) => port2.once('message', resolve));
    port2.postMessage({ t: 'watch', id: 1, topic: 'board' });
    expect(await next()).toMatchObject({ t: 'snapshot', id: 1, n: 0 });
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    port2.postMessage({ t: 'call', id: 2, name: 'draft.save', input: { key: 'k', value: cyclic } });
    expect(await next()).toMatchObject({ t: 'result', id: 2, ok: false });
    port2.postMessage({ t: 'call', id: 3, name: 'draft.save', input: { key: 'k', value: new Uint8Array(10) } });
    expect(await next()).toMatchObject({ t: 'result', id: 3, ok: false });
    port2.close();
    expect(faults).toEqual([]);
  });

  it('asks for secrets and is told when to stop', async () => {
    const { parent, say } = shellSide((asked) =>
      asked.do === 'protect' ? Buffer.from(`sealed ${asked.bytes}`).toString('base64') : null,
    );
    const shell = createShell(parent);
    const sealed = await shell.secret('protect', Buffer.from('key'));
    expect(sealed?.toString()).toBe(`sealed ${Buffer.from('key').toString('base64')}`);
    expect(await shell.secret('reveal', Buffer.from('x'))).toBeNull();
    let stopped = false;
    shell.onStop(() => {
      stopped = true;
    });
    say({ t: 'stop' });
    expect(stopped).toBe(true);
  });
});
