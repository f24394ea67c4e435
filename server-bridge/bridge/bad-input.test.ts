import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS, type CallInput, type CallName } from '../../domain/bridge/calls.ts';
import { MAX_BRIDGE_MESSAGE } from '../../domain/bridge/message.ts';
import { SEAT } from '../dispatch/testing/desk.ts';
import { type DeskHost, openDeskHost } from '../host/testing/desk-host.ts';
import { openConsole, type TestWindow } from '../host/testing/window.ts';

const FOREIGN = '01999999-aaaa-7bbb-8ccc-dddddddddddd';
const DECISIONS_OF_OTHERS = ['request.retry', 'request.withdraw'];

/** One input of each call that passes the door. `I` stands for an incident, `A` for an assignment. */
const GOOD: { readonly [N in CallName]: CallInput<N> } = {
  'session.sign_in': { user: 'kim', password: 'long enough' },
  'session.sign_out': {},
  'session.lock': {},
  'session.active': {},
  'session.unlock': { password: 'long enough' },
  'network.returned': {},
  'window.token': {},
  'notices.seen': { upTo: 1 },
  'incident.open': {
    location: { text: '1 Elm' },
    nature: { code: '10', text: 'Chest pain' },
    caller: 'A',
    notes: 'n',
    references: { cad: '1' },
  },
  'incident.edit': { incident: 'I', set: { callback: '555' }, shown: ['f'], at: 1 },
  'incident.note': { incident: 'I', text: 'note' },
  'incident.hold': { incident: 'I', held: true, reason: 'r' },
  'incident.close': { incident: 'I', disposition: 'DONE' },
  'incident.reopen': { incident: 'I', reason: 'r' },
  'incident.link': { incident: 'I', other: 'I', linked: true },
  'incident.merge': { incident: 'I', into: 'I', merged: true },
  'unit.dispatch': { incident: 'I', units: ['m36'] },
  'unit.status': { unit: 'm36', code: 'AV', reason: 'r', post: 'p', destination: { name: 'Mercy' }, patients: 2 },
  'unit.patients': { of: 'A', patients: 2, journey: 1 },
  'unit.next': { unit: 'm36' },
  'unit.cancel': { unit: 'm36', reason: 'r' },
  'unit.move': { unit: 'm36', to: 'I' },
  'unit.swap': { unit: 'm36', with: 'm14' },
  'unit.emergency': { unit: 'm36', emergency: 'declared' },
  'time.record': { of: 'A', element: 'onScene', time: 1 },
  'time.amend': { of: 'A', element: 'leftScene', time: 1, reason: 'r', journey: 2 },
  'conflict.settle': { entity: 'incident:I', register: 'location', side: 'f' },
  'contested.settle': { entity: 'incident:I', fact: 'f', verdict: 'confirmed', note: 'n' },
  'command.run': { line: 'AV M36', selected: null },
  'command.preview': { line: 'AV M36', selected: null },
  'roster.put': { records: [{ kind: 'disposition', version: 0, body: { code: 'X', text: 'x' } }] },
  'request.await': { request: 'r', waitMs: 0 },
  'request.retry': { request: 'r' },
  'request.withdraw': { request: 'r' },
  'presence.editing': { incident: 'I', field: 'location' },
  'draft.save': { key: 'k', value: 'v' },
  'layout.save': { name: 'n', layout: {} },
  'document.open': { id: 'd' },
};

const NAMES = Object.keys(CALLS) as CallName[];
type Fields = { [field: string]: unknown };

let at: DeskHost;
let window: TestWindow;
let id = 0;
beforeAll(async () => {
  at = await openDeskHost();
  window = await openConsole(at.host.url, at.tokens.issue(SEAT.seat));
});
afterAll(async () => {
  window.close();
  await at.close();
});

async function answer(
  name: string,
  input: unknown,
): Promise<{ ok: boolean; refusal?: { code: string; message: string; field?: string } }> {
  const asked = ++id;
  window.say({ t: 'call', id: asked, name, input });
  return (await window.next((message) => 'id' in message && message.id === asked)) as never;
}

async function refusedAtDoor(name: string, input: unknown): Promise<string> {
  const result = await answer(name, input);
  expect(result.ok, `${name} took ${JSON.stringify(input)?.slice(0, 120)}`).toBe(false);
  const { code, message } = result.refusal ?? { code: '', message: '' };
  expect(code).toMatch(/^(field\.invalid|text\.control|input\.|message\.|call\.unknown)/);
  expect(message.length).toBeGreaterThan(5);
  // Says nothing of the machine, of the code, or of what was typed.
  expect(message).not.toMatch(/\bat \w+ \(|\/work\/|node_modules|Error|undefined|zod|sqlite/i);
  return code;
}

/** Every string in a value replaced, one at a time. */
function* withEachString(value: unknown, by: string): Generator<unknown> {
  if (typeof value === 'string') yield by;
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) for (const other of withEachString(item, by)) yield value.with(i, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      for (const other of withEachString(item, by)) yield { ...value, [key]: other };
  }
}

describe.each(NAMES)('%s', (name) => {
  const good = GOOD[name] as Fields;

  it('refuses wrong types, missing and extra fields (ASVS 2.2.1, 15.3.5)', async () => {
    expect(CALLS[name].input.safeParse(good).success).toBe(true);
    for (const wrong of [null, 7, 'text', [], true]) await refusedAtDoor(name, wrong);
    await refusedAtDoor(name, { ...good, extra: 1 });
    for (const field of Object.keys(good)) {
      if (!(name === 'draft.save' && field === 'value') && !(name === 'layout.save' && field === 'layout'))
        await refusedAtDoor(name, {
          ...good,
          [field]: field === 'units' || field === 'records' ? {} : ['wrong', { type: 1 }],
        });
      const { [field]: _, ...without } = good;
      const needed = !CALLS[name].input.safeParse(without).success;
      if (needed) await refusedAtDoor(name, without);
    }
  });

  it('refuses control characters, text that turns around, broken letters, and text without end (ASVS 1.1.1, 1.3.3)', async () => {
    for (const text of ['a\u0000b', 'a\u001b[31m', 'a\u202eb', 'a\ud800']) {
      for (const input of withEachString(good, text)) expect(await refusedAtDoor(name, input)).toBe('text.control');
    }
    const kept = name === 'draft.save' || name === 'layout.save';
    if (!kept) for (const input of withEachString(good, 'x'.repeat(100_000))) await refusedAtDoor(name, input);
    if (!kept && Object.keys(good).length > 0)
      expect(await refusedAtDoor(name, { ...good, extra: 'x'.repeat(10_000_000) })).toBe('message.too_large');
    expect(await refusedAtDoor(name, JSON.parse('{"__proto__":{"roles":["admin"]}}'))).toBe('field.invalid');
  });

  it('does nothing for ids of another organisation', async () => {
    const before = at.desk.store.heads().map((head) => head.seq);
    const foreign = JSON.parse(
      JSON.stringify(good)
        .replace(/"(I|A|m36|m14|r|d)"/g, `"${FOREIGN}"`)
        .replaceAll('incident:I', `incident:${FOREIGN}`),
    ) as object;
    if (JSON.stringify(foreign) === JSON.stringify(good) || name.startsWith('command.')) return;
    if (name === 'presence.editing' || name === 'roster.put' || name === 'incident.open') return;
    const result = await answer(name, foreign);
    expect(result.ok).toBe(false);
    expect(result.refusal?.code).toMatch(DECISIONS_OF_OTHERS.includes(name) ? /request\.unknown/ : /^\w+\.\w+/);
    expect(at.desk.store.heads().map((head) => head.seq)).toEqual(before);
  });
});

describe('what is no message', () => {
  const garbage: readonly (string | Buffer)[] = [
    '',
    '{',
    'null',
    '[]',
    '7',
    '{"t":"call"}',
    '{"t":"call","id":"x","name":"incident.note","input":{}}',
    '{"t":"watch","id":1,"topic":"board/../me"}',
    '{"t":"welcome"}',
    `{"t":"call","id":3,"name":"${'x'.repeat(100)}","input":{}}`,
    `${'['.repeat(100_000)}`,
    Buffer.from([0, 1, 2, 255]),
  ];

  it('is answered with a refusal and ends nothing', async () => {
    for (const text of garbage) {
      window.raw(text);
      const said = await window.next();
      expect(said.t === 'unwelcome' || (said.t === 'result' && !said.ok), String(text).slice(0, 60)).toBe(true);
    }
    expect(await answer('no.such_call', {})).toMatchObject({ ok: false, refusal: { code: 'call.unknown' } });
    expect(await answer('toString', {})).toMatchObject({ ok: false, refusal: { code: 'call.unknown' } });
    expect(await answer('draft.save', { key: 'k', value: 1 })).toMatchObject({ ok: true });
  });

  it('nested without end is refused without end of the stack', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    window.raw(`{"t":"call","id":999999,"name":"draft.save","input":{"key":"k","value":${deep}}}`);
    expect(await window.next((message) => 'id' in message && message.id === 999_999)).toMatchObject({ ok: false });
    const wide = JSON.stringify(Array.from({ length: 300_000 }, () => 0));
    window.raw(`{"t":"call","id":999998,"name":"layout.save","input":{"name":"k","layout":${wide}}}`);
    expect(await window.next((message) => 'id' in message && message.id === 999_998)).toMatchObject({ ok: false });
  });

  it('beyond what any console says is cut off, and the station goes on', async () => {
    const other = await openConsole(at.host.url, at.tokens.issue('other'));
    other.raw('x'.repeat(MAX_BRIDGE_MESSAGE * 16 + 1));
    expect(await other.closed).toBe(1009);
    expect(await answer('draft.save', { key: 'k', value: null })).toMatchObject({ ok: true });
    expect(at.faults).toEqual([]);
  });
});
