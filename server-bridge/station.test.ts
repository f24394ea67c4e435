import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS, type CallInput, type CallName, type CallOutput } from '../domain/bridge/calls.ts';
import { applyPatch, type TopicState } from '../domain/bridge/topics.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN } from '../tools/start/demo.ts';
import { enrolmentCode } from '../tools/start/enrolment.ts';
import { type Center, startCenterProcess } from '../tools/start/processes.ts';
import { readStationFlags } from './flags.ts';
import { openStation } from './opening.ts';
import { SEAT, type Station, startStation } from './station.ts';

const PATIENCE_MS = 15_000;
const who = { seat: SEAT };
const folder = mkdtempSync(join(tmpdir(), 'qd-station-'));
let center: Center;
let centerUrl = '';
let centerPort = 0;
const faults: string[] = [];
/** What the center printed. */
const said: string[] = [];
const running = new Set<Station>();

interface Running {
  readonly station: Station;
  readonly store: Parameters<typeof startStation>[0]['store'];
  readonly watch: (topic: string) => () => TopicState;
  readonly call: <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallOutput<N>>;
}

async function start(name: string, ...args: string[]): Promise<Running> {
  const flags = readStationFlags(['--data', join(folder, name), '--name', name, ...args]);
  if (!flags.ok) throw new Error(flags.refusal.message);
  const opened = await openStation(flags.value, '', { shell: null, passphrase: null });
  if (!opened.ok) throw new Error(opened.refusal.message);
  const station = await startStation({
    ...opened.value,
    lan: { host: '127.0.0.1', port: 0, address: null },
    host: null,
    damaged: () => faults.push(`${name} damaged`),
    fault: (where, error) => faults.push(`${name} ${where}: ${String(error)}`),
  });
  running.add(station);
  return {
    station,
    store: opened.value.store,
    watch: (topic) => {
      let state: TopicState = {};
      const watched = station.dispatch.watch(topic, who, (delta) => {
        state = applyPatch(state, { n: 0, ...delta });
      });
      if (!watched.ok) throw new Error(watched.refusal.message);
      state = watched.value.state;
      return () => state;
    },
    call: async (called, input) => {
      const answer = await station.dispatch.call(called, CALLS[called].input.parse(input) as never, who);
      if (!answer.ok) throw new Error(`${called}: ${answer.refusal.code} ${answer.refusal.message}`);
      return answer.value as never;
    },
  };
}

async function until(what: string, holds: () => boolean): Promise<number> {
  const began = performance.now();
  while (!holds()) {
    if (performance.now() - began > PATIENCE_MS) throw new Error(`Waited in vain for: ${what}. ${faults.join(' | ')}`);
    await delay(5);
  }
  return performance.now() - began;
}

async function startCenter(port: number): Promise<void> {
  const onLine = (line: string): number => said.push(line);
  center = startCenterProcess({ folder: join(folder, 'center'), port, demo: true, onLine });
  const ready = await center.ready.catch((error: unknown) => {
    throw new Error(`The center did not start. ${said.slice(-20).join('\n')}`, { cause: error });
  });
  centerUrl = ready.center;
  centerPort = Number(new URL(centerUrl).port);
}

beforeAll(() => startCenter(0));
afterAll(async () => {
  await Promise.all([...running].map((station) => station.close()));
  await center.child.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('two stations and their center', () => {
  it('share the work with the center, on the LAN without it, and after a restart without it', async () => {
    const code = (): Promise<string> => enrolmentCode(centerUrl, DEMO_ADMINISTRATOR);
    let a = await start('A', '--center', centerUrl, '--enrol', await code());
    const b = await start('B', '--center', centerUrl, '--enrol', await code());
    const reached = (one: Running) => {
      const state = one.watch('reach');
      return () => (state().reach?.reach as { center?: string; factsWaiting?: number } | undefined) ?? {};
    };
    const reachB = reached(b);
    await until('A and B reach the center', () => reached(a)().center === 'reached' && reachB().center === 'reached');
    for (const one of [a, b]) {
      const me = await one.call('session.sign_in', DEMO_SIGN_IN);
      expect(me).toMatchObject({ offline: false });
    }
    const boardB = b.watch('board');
    const locationOnB = (incident: string | undefined) =>
      (boardB().incidents?.[incident ?? ''] as { location?: { text: string } } | undefined)?.location?.text;
    await until('the roster is on B', () => Object.keys(boardB().units ?? {}).length > 10);

    const opened = await a.call('incident.open', {
      location: { text: '12 Pier St' },
      nature: { code: '10', text: 'Chest pain' },
    });
    await until('the incident is on B by the center', () => locationOnB(opened.incident) === '12 Pier St');

    center.child.kill();
    await center.child.ended;
    await until('B has noticed', () => reachB().center === 'unreachable');
    const edit = (text: string) => ({ incident: opened.incident ?? '', set: { location: { text } } });
    await a.call('incident.edit', edit('14 Pier St'));
    await until('the edit is on B by the LAN', () => locationOnB(opened.incident) === '14 Pier St');

    await a.call('draft.save', { key: 'intake', value: 'half typed' });
    await a.station.close();
    a = await start('A');
    expect(a.watch('board')().units).toEqual({});
    const me = await a.call('session.sign_in', DEMO_SIGN_IN);
    expect(me).toMatchObject({ offline: true, grantExpired: false });
    expect(a.watch('drafts')().drafts).toEqual({ intake: 'half typed' });
    await a.call('incident.edit', edit('16 Pier St'));
    await until('the edit is on B by the LAN after the restart', () => locationOnB(opened.incident) === '16 Pier St');
    expect(a.store.unsentTotal()).toBeGreaterThan(0);

    await startCenter(centerPort);
    const reachA = reached(a);
    await until(
      'nothing waits any more',
      () => reachA().center === 'reached' && reachA().factsWaiting === 0 && b.store.unsentTotal() === 0,
    );
    expect(a.store.entity(`incident:${opened.incident}`)).toEqual(b.store.entity(`incident:${opened.incident}`));
    expect(faults).toEqual([]);
  }, 120_000);
});
