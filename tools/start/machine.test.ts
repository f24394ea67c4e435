import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeKept } from '../replay/kept.ts';
import { EndedEarly, startChild } from './child.ts';
import { choosePorts } from './choose-ports.ts';
import type { StartFlags } from './flags.ts';
import { takeFolder, wordOfReplay } from './folder.ts';
import { anyFreePort, HOME_PORTS, PortUnfree, promisePorts } from './ports.ts';
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
    await expect(choose('center-port', port, 7310)).rejects.toThrow(PortUnfree);
    await expect(choose('center-port', port, 7310)).rejects.toThrow(
      `Port ${port} is in use: give another with --center-port`,
    );
  });

  it("says of the user's that the system keeps from them that it is so: it was said to be in use", async () => {
    // Whoever runs this may be anybody, and may use what others may not.
    const listen = vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server) {
      setImmediate(() => this.emit('error', Object.assign(new Error(), { code: 'EACCES' })));
      return this;
    });
    try {
      await expect(promisePorts().choose('center-port', 80, 7310)).rejects.toThrow(
        'Port 80 may not be used by this user: give another with --center-port N',
      );
    } finally {
      listen.mockRestore();
    }
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
      if (given !== null && taken.has(given)) throw new PortUnfree('console-port', given);
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
      centerCa: null,
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
    await expect(another.choose('center-port', first, 7310)).rejects.toThrow(PortUnfree);
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

  it('is left by a start that cannot take its mark away, as on a disk that failed: it stops as it was asked to', () => {
    const data = join(folder, 'failed');
    const leave = takeFolder(data);
    const mark = join(data, 'running');
    rmSync(mark);
    mkdirSync(mark);
    expect(leave).not.toThrow();
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

  it('is taken by one of several starts that begin in the same moment', async () => {
    const at = join(folder, 'at-once');
    mkdirSync(join(at, 'tools', 'start'), { recursive: true });
    const main = join(at, 'tools', 'start', 'main.ts');
    writeFileSync(
      main,
      `const { takeFolder } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'folder.ts')).href)});
       process.send('ready');
       process.on('message', (data) => {
         try { takeFolder(data); process.send('taken'); } catch (error) { process.send(error.message); }
       });`,
    );
    const starts = Array.from({ length: 3 }, () =>
      fork(main, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
    );
    const next = (): Promise<readonly string[]> =>
      Promise.all(starts.map(async (start) => String((await once(start, 'message'))[0])));
    try {
      expect(await next()).toEqual(['ready', 'ready', 'ready']);
      for (let round = 0; round < 20; round++) {
        const data = join(at, `data-${round}`);
        const said = next();
        for (const start of starts) start.send(data);
        const [taken = 'nobody', ...others] = (await said).toSorted(
          (a, b) => Number(b === 'taken') - Number(a === 'taken'),
        );
        expect(taken, `round ${round}`).toBe('taken');
        for (const other of others) expect(other, `round ${round}`).toContain('is in use by another start (process ');
      }
    } finally {
      for (const start of starts) start.kill();
    }
  }, 30_000);

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
