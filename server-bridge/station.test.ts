import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CALLS, type CallInput, type CallName, type CallOutput } from '../domain/bridge/calls.ts';
import {
  applyPatch,
  type HandoffRow,
  type IncidentRow,
  type ReachRow,
  type TopicState,
} from '../domain/bridge/topics.ts';
import { readCommandLine } from '../domain/kernel/command-line.ts';
import { settledState } from '../domain/kernel/fold.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN } from '../tools/start/demo.ts';
import { askCenter, enrolmentCode, signIn } from '../tools/start/enrolment.ts';
import { type Center, startCenterProcess } from '../tools/start/processes.ts';
import { STATION_LINE } from './flags.ts';
import { markDamaged, openStation } from './opening.ts';
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
  const flags = readCommandLine(STATION_LINE, ['--data', join(folder, name), '--name', name, ...args], parseArgs);
  if (!flags.ok || flags.value === 'help') throw new Error(JSON.stringify(flags));
  const opened = await openStation(flags.value, '', { shell: null, passphrase: null, say: () => {} });
  if (!opened.ok) throw new Error(opened.refusal.message);
  const station = await startStation({
    ...opened.value,
    lan: { host: '127.0.0.1', port: 0, address: null },
    host: null,
    damaged: () => faults.push(`${name} damaged`),
    returned: () => faults.push('put back'),
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

/** What there is to know when a wait was in vain. */
function situation(): string {
  const stations = [...running].map((station) => {
    const state = station.sync()?.state();
    return (
      state && { center: state.center, cursor: state.cursor, head: state.head, live: state.live, tries: state.tries }
    );
  });
  return JSON.stringify({ faults, said: said.slice(-5), stations });
}

async function until(what: string, holds: () => boolean): Promise<number> {
  const began = performance.now();
  while (!holds()) {
    if (performance.now() - began > PATIENCE_MS) throw new Error(`Waited in vain for: ${what}. ${situation()}`);
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
  let a: Running;
  let b: Running;
  let boardB: () => TopicState;
  let incident = '';
  const code = (): Promise<string> => enrolmentCode(centerUrl, DEMO_ADMINISTRATOR);
  const reachOf = (one: Running) => {
    const state = one.watch('reach');
    return () => (state().reach?.reach ?? {}) as unknown as ReachRow;
  };
  const onB = () => boardB().incidents?.[incident] as unknown as IncidentRow | undefined;
  const edit = (text: string) => ({ incident, set: { location: { text } } });
  const unitOnB = () => Object.keys(boardB().units ?? {})[0] ?? '';

  it('share the work by the center within a moment, and see who edits what', async () => {
    a = await start('A', '--center', centerUrl, '--enrol', await code());
    b = await start('B', '--center', centerUrl, '--enrol', await code());
    const [reachA, reachB] = [reachOf(a), reachOf(b)];
    await until('A and B reach the center', () => reachA().center === 'reached' && reachB().center === 'reached');
    for (const one of [a, b]) expect(await one.call('session.sign_in', DEMO_SIGN_IN)).toMatchObject({ offline: false });
    boardB = b.watch('board');
    await until('the roster is on B', () => Object.keys(boardB().units ?? {}).length > 10);

    const nature = { code: '10', text: 'Chest pain' };
    incident = (await a.call('incident.open', { location: { text: '12 Pier St' }, nature })).incident ?? '';
    await until('the incident is on B', () => onB()?.location?.text === '12 Pier St');
    const editing = b.watch('presence');
    await a.call('presence.editing', { incident, field: 'location' });
    await until('B sees A edit', () =>
      Object.values(editing().editing ?? {}).some((row) => JSON.stringify(row).includes(incident)),
    );
    await a.call('presence.editing', { incident: null, field: null });
    await until('and stop', () => Object.keys(editing().editing ?? {}).length === 0);
  }, 60_000);

  it('derive what follows a run, and keep the documents that were opened', async () => {
    const topic = b.watch(`incident:${incident}`);
    const unit = unitOnB();
    await a.call('unit.dispatch', { incident, units: [unit] });
    for (const status of ['ER', 'OS', 'TR', 'AH', 'AV'])
      await a.call('unit.status', {
        unit,
        code: status,
        ...(status === 'TR' ? { destination: { name: 'Mercy' } } : {}),
      });
    await a.call('incident.close', { incident, disposition: 'Transported' });
    const rows = () => Object.values(topic().handoff ?? {}) as unknown as HandoffRow[];
    await until('run, chart, trip and report are on B', () => new Set(rows().map((row) => row.kind)).size === 4);
    const report = rows().find((row) => row.kind === 'report')?.id ?? '';
    const pdf = await b.call('document.open', { id: report });
    expect(pdf.media).toContain('application/pdf');
    expect(Buffer.from(pdf.base64, 'base64').subarray(0, 5).toString()).toBe('%PDF-');
    await a.call('incident.reopen', { incident });

    center.child.kill();
    await center.child.ended;
    expect(await b.call('document.open', { id: report })).toEqual(pdf);
    await expect(a.call('document.open', { id: report })).rejects.toThrow('document.unavailable');
  }, 60_000);

  it('answer with what was committed where something that follows it fails, and say where', async () => {
    const before = faults.length;
    const stop = a.store.onChange(() => {
      throw new Error('cannot follow');
    });
    expect(await a.call('incident.note', { incident, text: 'Key under the mat' })).toMatchObject({
      said: expect.stringContaining('note added'),
    });
    stop();
    expect(faults.splice(before)).toContain('A store listener: Error: cannot follow');
  });

  it('go on by the LAN without the center, one of them restarted and signed in by its grant', async () => {
    const reachB = reachOf(b);
    await until('B has noticed', () => reachB().center === 'unreachable');
    await a.call('incident.edit', edit('14 Pier St'));
    await until('the edit is on B by the LAN', () => onB()?.location?.text === '14 Pier St');

    await a.call('draft.save', { key: 'intake', value: 'half typed' });
    await a.station.close();
    a = await start('A');
    expect(a.watch('board')().units).toEqual({});
    const me = await a.call('session.sign_in', DEMO_SIGN_IN);
    expect(me).toMatchObject({ offline: true, grantExpired: false });
    expect(a.watch('drafts')().drafts).toEqual({ intake: 'half typed' });
    await a.call('incident.edit', edit('16 Pier St'));
    await until('the edit is on B after the restart', () => onB()?.location?.text === '16 Pier St');
    expect(a.store.unsentTotal()).toBeGreaterThan(0);
    expect(onB()?.unsent).toBeGreaterThan(0);
  }, 60_000);

  it('converge when the center is back', async () => {
    await startCenter(centerPort);
    const [reachA, reachB] = [reachOf(a), reachOf(b)];
    const calm = (row: ReachRow): boolean => row.center === 'reached' && row.factsWaiting === 0 && row.behind === 0;
    await until('nothing waits any more', () => calm(reachA()) && calm(reachB()));
    await until('the mark is gone', () => onB()?.unsent === 0);
    expect(stateOn(a)).toEqual(stateOn(b));
    expect(onB()?.conflicts).toEqual([]);
  }, 60_000);

  it('set a damaged store aside, say so, and refill it', async () => {
    await a.call('incident.edit', edit('18 Pier St'));
    await a.station.close();
    const path = join(folder, 'A', 'station.db');
    const bytes = readFileSync(path);
    for (let page = 3; page * 4_096 < bytes.length; page += 4) bytes.fill(0xaa, page * 4_096 + 100, page * 4_096 + 300);
    writeFileSync(path, bytes);
    markDamaged(join(folder, 'A'));
    a = await start('A');
    const reachA = reachOf(a);
    expect(reachA().store.state).toBe('refilled');
    expect(existsSync(reachA().store.setAside ?? '')).toBe(true);
    await until(
      'A is whole again',
      () => reachA().center === 'reached' && reachA().behind === 0 && reachA().factsWaiting === 0,
    );
    await until('and so is the incident', () => JSON.stringify(stateOn(a)) === JSON.stringify(stateOn(b)));
    expect(onB()?.location?.text).toBe('18 Pier St');
    expect(faults).toEqual([]);
  }, 60_000);

  it('enrol anew where the keys are lost, and delete nothing', async () => {
    await a.station.close();
    const keys = join(folder, 'A', 'keys.demo-unprotected.json');
    renameSync(keys, `${keys}.lost`);
    await expect(start('A')).rejects.toThrow(/key/);

    // Nothing is touched before the center has let it in: whoever finds the key meanwhile goes on with it.
    await expect(start('A', '--center', centerUrl, '--enrol', 'QD-NOT-A-CODE')).rejects.toThrow(/new codes/);
    await expect(start('A', '--center', 'http://127.0.0.1:9', '--enrol', 'QD-NOT-A-CODE')).rejects.toThrow(/reached/);
    expect(readdirSync(join(folder, 'A')).filter((name) => name.startsWith('before-'))).toEqual([]);
    renameSync(`${keys}.lost`, keys);
    const { station } = a.store.identity;
    a = await start('A');
    expect(a.store.identity.station).toBe(station);
    await a.station.close();
    renameSync(keys, `${keys}.lost`);

    a = await start('A', '--center', centerUrl, '--enrol', await code());
    expect(readdirSync(join(folder, 'A')).filter((name) => name.startsWith('before-'))).toHaveLength(1);
    expect(existsSync(join(folder, 'A', 'enrolling'))).toBe(false);
    await until('the incident is on A again', () => stateOn(a) !== null);
    await until('as it is on B', () => JSON.stringify(stateOn(a)) === JSON.stringify(stateOn(b)));
  }, 60_000);

  it('enrol anew over a store of which a disk left nothing, and set it aside', async () => {
    await a.station.close();
    const path = join(folder, 'A', 'station.db');
    for (const name of readdirSync(join(folder, 'A')))
      if (name.startsWith('before-')) rmSync(join(folder, 'A', name), { recursive: true });
    writeFileSync(path, '');
    markDamaged(join(folder, 'A'));
    await expect(start('A')).rejects.toThrow(/Enrol this workstation with a code/);
    a = await start('A', '--center', centerUrl, '--enrol', await code());
    const [before = ''] = readdirSync(join(folder, 'A')).filter((name) => name.startsWith('before-'));
    expect(readdirSync(join(folder, 'A', before))).toContain('station.db');
    await until('the incident is on A again', () => stateOn(a) !== null);
    await a.station.close();
    a = await start('A');
    expect(reachOf(a)().store).toEqual({ state: 'open', setAside: null });
    await until('as it is on B', () => JSON.stringify(stateOn(a)) === JSON.stringify(stateOn(b)));
  }, 60_000);

  it('work on where they were revoked, and are enrolled anew by a new code with what they held', async () => {
    const reached = reachOf(a);
    await until('A is whole', () => reached().center === 'reached' && reached().behind === 0);
    await a.call('session.sign_in', DEMO_SIGN_IN);
    const token = await signIn(centerUrl, DEMO_ADMINISTRATOR);
    const revoked = a.store.identity.station;
    await askCenter(centerUrl, `/v1/devices/${revoked}/revoke`, z.unknown(), { token, body: {} });
    await until('A is refused', () => reached().center === 'refused');
    const { incident: late = '' } = await a.call('incident.open', {
      location: { text: '9 Revoked Row' },
      nature: { code: '10', text: 'Chest pain' },
    });
    await a.station.close();

    // A code that is not good changes nothing: it works on as it is.
    a = await start('A', '--center', centerUrl, '--enrol', 'QD-NOT-A-CODE');
    expect(a.store.identity.station).toBe(revoked);
    expect(a.store.entity(`incident:${late}`)).toBeDefined();
    await a.station.close();

    a = await start('A', '--center', centerUrl, '--enrol', await code());
    expect(a.store.identity.station).not.toBe(revoked);
    expect(readdirSync(join(folder, 'A')).filter((name) => name.startsWith('station.db.before-'))).not.toHaveLength(0);
    const anew = reachOf(a);
    await until('it is reached, and nothing waits', () => anew().center === 'reached' && anew().factsWaiting === 0);
    await until('B has what A did alone', () => b.store.entity(`incident:${late}`) !== undefined);
    await until('contested', () =>
      b.store.factsAbout(`incident:${late}`).some((fact) => fact.type === 'fact.contested'),
    );
    expect(a.store.entity(`incident:${incident}`)).toBeDefined();
    await a.call('session.sign_in', DEMO_SIGN_IN);
    await a.call('incident.note', { incident, text: 'signed with the new key' });
    await until('B has it', () =>
      b.store
        .factsAbout(`incident:${incident}`)
        .some((fact) => JSON.stringify(fact).includes('signed with the new key')),
    );
    await a.station.close();
    // The code of before is no more than a word to one that the center takes.
    a = await start('A', '--center', centerUrl, '--enrol', 'QD-NOT-A-CODE');
    const again = reachOf(a);
    await until('it is the same workstation', () => again().center === 'reached');
    expect(faults).toEqual([]);
  }, 90_000);

  function stateOn(one: Running) {
    const folded = one.store.entity(`incident:${incident}`);
    return folded ? settledState(folded) : null;
  }
});
