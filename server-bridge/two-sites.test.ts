/** Two sites of one organisation on a real center: what one of them writes about the other's incident, and what it sees of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { CALLS, type CallInput, type CallName, type CallOutput } from '../domain/bridge/calls.ts';
import { applyPatch, type IncidentRow, type TopicState } from '../domain/bridge/topics.ts';
import { readCommandLine } from '../domain/kernel/command-line.ts';
import { type EntityRef, entityRef } from '../domain/kernel/ids.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN } from '../tools/start/demo.ts';
import { askCenter, enrolmentCode, signIn } from '../tools/start/enrolment.ts';
import { startCenterProcess } from '../tools/start/processes.ts';
import { STATION_LINE } from './flags.ts';
import { openStation } from './opening.ts';
import { SEAT, startStation } from './station.ts';
import type { OpenStore } from './store/open.ts';

const PATIENCE_MS = 20_000;
const NORTH = 'North Bay 911';
const NORTH_SIGN_IN = { user: 'north-dispatcher', password: 'kelp forests in the fog' };
const REASON = 'An entry of a site that this was not shared with: confirming it shares it.';
const who = { seat: SEAT };
const folder = mkdtempSync(join(tmpdir(), 'qd-two-sites-'));
const closing: (() => Promise<unknown>)[] = [];
const faults: string[] = [];

interface Running {
  readonly store: OpenStore;
  readonly row: (incident: string) => IncidentRow | undefined;
  readonly call: <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallOutput<N>>;
}

async function stationAt(center: string, name: string, site?: string): Promise<Running> {
  const code = await enrolmentCode(center, DEMO_ADMINISTRATOR, site);
  const line = ['--data', join(folder, name), '--name', name, '--center', center, '--enrol', code];
  const flags = readCommandLine(STATION_LINE, line, parseArgs);
  if (!flags.ok || flags.value === 'help') throw new Error(JSON.stringify(flags));
  const opened = await openStation(flags.value, '', { shell: null, passphrase: null, say: () => {} });
  if (!opened.ok) throw new Error(opened.refusal.message);
  const { store } = opened.value;
  const station = await startStation({
    ...opened.value,
    lan: { host: '127.0.0.1', port: 0, address: null },
    host: null,
    damaged: () => faults.push(`${name} damaged`),
    returned: () => faults.push('put back'),
    fault: (where, error) => faults.push(`${name} ${where}: ${String(error)}`),
  });
  closing.push(() => station.close());
  let board: TopicState = {};
  const watch = (): void => {
    const watched = station.dispatch.watch('board', who, (delta) => {
      board = applyPatch(board, { n: 0, ...delta });
    });
    if (!watched.ok) throw new Error(watched.refusal.message);
    board = watched.value.state;
  };
  const call: Running['call'] = async (called, input) => {
    const answer = await station.dispatch.call(called, CALLS[called].input.parse(input) as never, who);
    if (!answer.ok) throw new Error(`${called}: ${answer.refusal.code} ${answer.refusal.message}`);
    return answer.value as never;
  };
  watch();
  return { store, row: (incident) => board.incidents?.[incident] as unknown as IncidentRow | undefined, call };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const began = performance.now();
  while (!holds()) {
    if (performance.now() - began > PATIENCE_MS) throw new Error(`Waited in vain for: ${what}. ${faults.join('; ')}`);
    await delay(10);
  }
}

const InvitedSchema = z.looseObject({ code: z.string() });
const SiteMadeSchema = z.looseObject({ site: z.string() });

/** Another site of the demo's organisation, and a dispatcher there. */
async function setUpNorth(center: string): Promise<void> {
  const token = await signIn(center, DEMO_ADMINISTRATOR);
  const about = { name: NORTH, timeZone: 'America/Los_Angeles', admin: { user: 'north-admin' } };
  const { site } = await askCenter(center, '/v1/sites', SiteMadeSchema, { token, body: about });
  const invitation = { login: NORTH_SIGN_IN.user, name: 'North dispatcher', roles: ['dispatcher'], site };
  const { code } = await askCenter(center, '/v1/invitations', InvitedSchema, { token, body: invitation });
  const accepted = { code, password: NORTH_SIGN_IN.password };
  await askCenter(center, '/v1/invitations/accept', z.looseObject({}), { body: accepted });
}

let here: Running;
let north: Running;
let incident = '';
const ref = (): EntityRef => entityRef('incident', incident);
const typesAt = (at: Running): readonly string[] => at.store.factsAbout(ref()).map(({ type }) => type);

beforeAll(async () => {
  const process = startCenterProcess({ folder: join(folder, 'center'), port: 0, demo: true, onLine: () => {} });
  closing.push(() => process.child.stop());
  const { center } = await process.ready;
  await setUpNorth(center);
  here = await stationAt(center, 'A');
  north = await stationAt(center, 'N', NORTH);
  await here.call('session.sign_in', { ...DEMO_SIGN_IN, user: 'supervisor1' });
  await north.call('session.sign_in', NORTH_SIGN_IN);
}, 120_000);
afterAll(async () => {
  for (const end of closing.reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

it('what another site writes about an incident is contested at both, and brings that site nothing of it', async () => {
  const nature = { code: '10', text: 'Chest pain' };
  const opened = await here.call('incident.open', { location: { text: '12 Pier St' }, nature, caller: 'Ada Lovelace' });
  incident = opened.incident ?? '';
  const elsewhere = await north.call('incident.open', { location: { text: '1 North Rd' }, nature });
  await until('both are at the center', () => here.store.unsentTotal() + north.store.unsentTotal() === 0);
  // Its own console would not: it shows no such incident. A store that is handed the words writes and signs them.
  const [made] = north.store.factsAbout(entityRef('incident', elsewhere.incident ?? ''));
  if (!made) throw new Error('nothing was opened at the other site');
  const draft = { v: 1, at: Date.now(), about: [ref()], replaces: [] };
  north.store.append([{ ...draft, type: 'incident.edited', body: { callback: '555-0100' } }], made);
  await until('it is contested here', () => (here.row(incident)?.contested.length ?? 0) > 0);
  expect(here.row(incident)).toMatchObject({ caller: 'Ada Lovelace', contested: [{ reason: REASON }] });
  await until('its sender learns it', () => north.row(incident)?.contested[0]?.reason === REASON);
  await here.call('incident.note', { incident, text: 'nobody there is to read this' });
  await until('that is at the center', () => here.store.unsentTotal() === 0);
  await north.call('incident.open', { location: { text: '2 North Rd' }, nature });
  await until('the other site went on', () => north.store.unsentTotal() === 0);
  expect(typesAt(north)).toEqual(['incident.edited', 'fact.contested']);
  expect(north.row(incident)).toMatchObject({ caller: '', location: null, number: 'no number' });
});

it('lets it in when a supervisor here says that it counts: from then on that site reads the incident, words and all', async () => {
  const [contested] = here.row(incident)?.contested ?? [];
  if (!contested) throw new Error('nothing is contested');
  await here.call('contested.settle', { entity: ref(), fact: contested.fact, verdict: 'confirmed' });
  await until('it counts here', () => here.row(incident)?.contested.length === 0);
  await until('the other site reads the incident', () => north.row(incident)?.caller === 'Ada Lovelace');
  expect(north.row(incident)).toMatchObject({ number: here.row(incident)?.number, callback: '555-0100' });
  expect([...typesAt(north)].sort()).toEqual([...typesAt(here)].sort());
  await north.call('incident.note', { incident, text: 'from the other site' });
  await until(
    'what it writes now counts here',
    () => typesAt(here).filter((type) => type === 'incident.noted').length === 2,
  );
  expect(here.row(incident)?.contested).toEqual([]);
  expect(faults).toEqual([]);
});
