import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeKept } from '../replay/kept.ts';
import { EndedEarly, startChild } from './child.ts';
import { choosePorts } from './choose-ports.ts';
import type { StartFlags } from './flags.ts';
import { takeFolder, wordOfReplay } from './folder.ts';
import { anyFreePort, HOME_PORTS, PortTaken, promisePorts } from './ports.ts';
import { supervise, waitBefore } from './supervise.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-start-'));
const script = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
afterAll(() => rmSync(folder, { recursive: true }));

describe('ports', () => {
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });
  afterAll(() => void server.close());

  it("refuses the user's when it is in use, naming the flag and the way out", async () => {
    const { choose } = promisePorts();
    await expect(choose('center-port', port, 7310)).rejects.toThrow(PortTaken);
    await expect(choose('center-port', port, 7310)).rejects.toThrow(
      `Port ${port} is in use: give another with --center-port`,
    );
  });

  it('chooses another by itself when the user gave none, and promises none twice', async () => {
    const { choose, release } = promisePorts();
    const first = await choose('console-port', null, port);
    const second = await choose('console-port', null, port);
    expect(first).not.toBe(port);
    expect(second).not.toBe(first);
    await expect(choose('lan-port', first, port)).rejects.toThrow('--lan-port');
    release();
  });

  it('leaves the user’s to what they are for, also one at which another of ours is at home', async () => {
    const taken = new Set<number>();
    const choose = async (_flag: string, given: number | null, home: number): Promise<number> => {
      if (given !== null && taken.has(given)) throw new PortTaken('console-port', given);
      let port = given ?? home;
      while (taken.has(port)) port++;
      taken.add(port);
      return port;
    };
    const flags: StartFlags = {
      data: folder,
      open: false,
      ports: { center: null, console: HOME_PORTS.center, lan: null },
      stations: 2,
      lanHost: null,
      center: null,
      consoles: true,
      codes: [],
    };
    expect(await choosePorts(flags, choose)).toEqual({
      center: HOME_PORTS.center + 2,
      stations: [
        { console: HOME_PORTS.center, lan: HOME_PORTS.lan },
        { console: HOME_PORTS.center + 1, lan: HOME_PORTS.lan + 1 },
      ],
    });
  });

  it('finds free ones below those that outgoing connections are given: such a port was somebody’s before it was listened on', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => anyFreePort()));
    expect(ports.filter((port) => port < 10_240 || port >= 32_768)).toEqual([]);
  });

  it('promises none that another start has been promised in the same moment, until that is over', async () => {
    const starts = Array.from({ length: 5 }, promisePorts);
    const chosen = await Promise.all(starts.map(({ choose }) => choose('center-port', null, port + 1)));
    expect(new Set(chosen).size).toBe(starts.length);
    const [first = 0] = chosen;
    const another = promisePorts();
    await expect(another.choose('center-port', first, 7310)).rejects.toThrow(PortTaken);
    for (const { release } of starts) release();
    expect(await another.choose('center-port', first, 7310)).toBe(first);
    another.release();
  });
});

describe('the folder', () => {
  it('is made, marked while in use, and given back', () => {
    const data = join(folder, 'new', 'data');
    const leave = takeFolder(data);
    expect(existsSync(join(data, 'running'))).toBe(true);
    leave();
    expect(existsSync(join(data, 'running'))).toBe(false);
  });

  it('is refused where it is a file, with the way out', () => {
    expect(() => takeFolder(script('a-file', ''))).toThrow(/is not a folder: give another with --data DIR/);
    expect(() => takeFolder(join('/proc', 'qd'))).toThrow(/cannot be written to: give another with --data DIR/);
  });

  it('does not take the number of some other process for a running start', () => {
    const data = join(folder, 'crashed');
    takeFolder(data)();
    writeFileSync(join(data, 'running'), `${process.ppid}\n`);
    takeFolder(data)();
  });

  it('that holds a replayed day says who signs in at its consoles, who is none of the demo’s people', () => {
    const data = join(folder, 'replayed');
    takeFolder(data)();
    expect(wordOfReplay(data)).toBeNull();
    writeKept(data, { site: 'Replay', user: 'replay-1', password: 'p', zone: 'UTC', played: true });
    expect(wordOfReplay(data)).toContain(`as ${join(data, 'replay.json')} says`);
  });
});

describe('a process of the product', () => {
  it('is ready with what its line says, and stops when its channel closes or it is told to', async () => {
    const lines: string[] = [];
    const child = startChild({
      name: 'x',
      args: [script('ok.mjs', `console.log('hello'); console.log('ready {"url":"u"}'); setInterval(() => {}, 1000);`)],
      onLine: (line) => lines.push(line),
    });
    expect(await child.ready).toEqual({ url: 'u' });
    expect(lines).toEqual(['hello']);
    expect(await child.stop()).toMatchObject({ signal: 'SIGTERM' });
  });

  it('says in its own words why it did not become ready', async () => {
    const child = startChild({
      name: 'x',
      args: [script('no.mjs', `console.error('The key is missing: enrol again.'); process.exit(2);`)],
    });
    const error = await child.ready.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EndedEarly);
    expect(error).toMatchObject({ message: 'The key is missing: enrol again.', ended: { code: 2 } });
  });

  it('is killed when it does not stop in time', async () => {
    const child = startChild({
      name: 'x',
      args: [
        script('deaf.mjs', `process.on('SIGTERM', () => {}); console.log('ready {}'); setInterval(() => {}, 1000);`),
      ],
    });
    await child.ready;
    expect(await child.stop(200)).toMatchObject({ signal: 'SIGKILL' });
  });

  it('is started again when it dies unasked, and not after it was stopped', async () => {
    const file = script('dies.mjs', `console.log('ready {}'); setInterval(() => {}, 1000);`);
    const start = () => startChild({ name: 'x', args: [file] });
    const first = start();
    await first.ready;
    const back = await new Promise<number>((resolve) => {
      const kept = supervise(first, start, {
        died: (how) => expect(how.signal).toBe('SIGKILL'),
        back: (_, child) => void kept.stop().then(() => resolve(child.pid)),
      });
      first.kill();
    });
    expect(back).not.toBe(first.pid);
    expect(() => process.kill(back, 0)).toThrow('ESRCH');
    expect(waitBefore(1)).toBeLessThan(waitBefore(4));
    expect(waitBefore(99)).toBe(30_000);
  });
});
