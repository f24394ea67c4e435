import { afterEach, describe, expect, it } from 'vitest';
import type { Done, Me } from '../../domain/bridge/calls.ts';
import { CALLS } from '../../domain/bridge/calls.ts';
import type { IncidentRow, UnitRow } from '../../domain/bridge/topics.ts';
import { done } from '../../domain/kernel/refusal.ts';
import type { RoleRestriction } from '../../domain/kernel/restriction.ts';
import { recordActions } from '../../domain/modules.ts';
import { fixedSessions } from '../session/fixed.ts';
import type { Sessions } from '../session/port.ts';
import { StoreFailure } from '../store/state.ts';
import type { Answer } from './port.ts';
import { type Desk, me, openDesk, ROSTER, SEAT, UNITS } from './testing/desk.ts';

let desk: Desk;
afterEach(() => desk.close());

function value<T>(answer: Answer<T> | Promise<Answer<T>>): T {
  if (answer instanceof Promise) throw new Error('answers in a later turn');
  if (!answer.ok) throw new Error(answer.refusal.message);
  return answer.value;
}

function open(over: object = {}): Done {
  const input = {
    location: { text: '12 Pier St' },
    nature: { code: '10', text: 'Chest pain' },
    source: 'call' as const,
    ...over,
  };
  return value(desk.dispatch.call('incident.open', CALLS['incident.open'].input.parse(input), SEAT));
}

const incidents = (state: ReturnType<ReturnType<Desk['watch']>['state']>) =>
  state.incidents as unknown as Record<string, IncidentRow>;
const units = (state: ReturnType<ReturnType<Desk['watch']>['state']>) =>
  state.units as unknown as Record<string, UnitRow>;

describe('dispatch', () => {
  it('shows the roster, then each action by a delta of touched rows alone, durable before the answer', () => {
    desk = openDesk();
    const board = desk.watch('board');
    expect(Object.keys(units(board.state())).sort()).toEqual([...UNITS].sort());
    const first = open();
    const other = open({ location: { text: '9 Elm' } });
    expect(desk.store.fact(first.facts[0] ?? '')?.type).toBe('incident.opened');
    const before = board.deltas.length;
    const sent = value(desk.dispatch.call('unit.dispatch', { incident: first.incident ?? '', units: ['m36'] }, SEAT));
    expect(sent.assignments).toHaveLength(1);
    expect(board.deltas.length).toBe(before + 1);
    const delta = board.deltas.at(-1);
    expect(Object.keys(delta?.set.incidents ?? {})).toEqual([first.incident]);
    expect(Object.keys(delta?.set.units ?? {})).toEqual(['m36']);
    expect(incidents(board.state())[first.incident ?? '']).toMatchObject({
      state: 'active',
      number: first.number,
      priority: '1',
    });
    expect(incidents(board.state())[other.incident ?? '']?.state).toBe('pending');
    expect(units(board.state()).m36).toMatchObject({ code: 'DP', incidents: [{ number: first.number }] });
  });

  it('gives the same board to a late watcher as to one that followed it', () => {
    desk = openDesk();
    const board = desk.watch('board');
    const a = open();
    value(desk.dispatch.call('unit.dispatch', { incident: a.incident ?? '', units: ['m36', 'e06'] }, SEAT));
    value(desk.dispatch.call('unit.next', { unit: 'm36' }, SEAT));
    value(desk.dispatch.call('unit.status', { unit: 'e06', code: 'AV' }, SEAT));
    value(desk.dispatch.call('incident.note', { incident: a.incident ?? '', text: 'caller calls back' }, SEAT));
    value(
      desk.dispatch.call('incident.close', { incident: a.incident ?? '', disposition: 'DONE', units: 'clear' }, SEAT),
    );
    expect(incidents(board.state())[a.incident ?? '']?.state).toBe('closed');
    expect(desk.watch('board').state()).toEqual(board.state());
  });

  it('follows one incident with its runs, times and timeline', () => {
    desk = openDesk();
    const a = open({ notes: 'third floor' });
    const topic = desk.watch(`incident:${a.incident}`);
    expect(Object.keys(topic.state().timeline ?? {})).toHaveLength(2);
    value(desk.dispatch.call('unit.dispatch', { incident: a.incident ?? '', units: ['m36'] }, SEAT));
    value(desk.dispatch.call('unit.status', { unit: 'm36', code: 'OS' }, SEAT));
    const [run] = Object.values(topic.state().assignments ?? {}) as { code: string; times: { onScene?: object } }[];
    expect(run?.code).toBe('OS');
    expect(run?.times.onScene).toBeDefined();
    expect(Object.keys(topic.state().timeline ?? {})).toHaveLength(4);
    expect(desk.watch(`incident:${a.incident}`).state()).toEqual(topic.state());
    const unit = desk.watch('history:m36');
    expect(Object.keys(unit.state().timeline ?? {})).toHaveLength(2);
  });

  it('asks before it sends a busy unit and overwrites nothing until that is confirmed', () => {
    desk = openDesk();
    const a = open();
    const b = open();
    value(desk.dispatch.call('unit.dispatch', { incident: a.incident ?? '', units: ['m36'] }, SEAT));
    const asked = desk.dispatch.call('unit.dispatch', { incident: b.incident ?? '', units: ['m36'] }, SEAT);
    expect(asked).toMatchObject({
      ok: false,
      refusal: { code: 'confirm.needed' },
      decision: { verdict: 'REQUIRE_CONFIRMATION' },
    });
    value(desk.dispatch.call('unit.dispatch', { incident: b.incident ?? '', units: ['m36'], confirm: true }, SEAT));
    const row = units(desk.watch('board').state()).m36;
    expect(row?.incidents).toHaveLength(2);
    expect(row?.conflicts).toEqual([]);
  });

  it('names the state of the store and the way out of it also where it answers later', async () => {
    const signIn: Sessions['signIn'] = () => Promise.reject(new StoreFailure('disk full'));
    desk = openDesk({ sessions: { ...fixedSessions(me()), signIn } });
    const answer = await desk.dispatch.call('session.sign_in', { user: 'kim', password: 'long enough' }, SEAT);
    expect(answer).toMatchObject({
      ok: false,
      refusal: { code: 'store.disk_full', message: expect.stringContaining('Free some space') },
    });
    desk.close();
    desk = openDesk({ sessions: { ...fixedSessions(me()), signIn: () => Promise.reject(new TypeError('x')) } });
    await expect(
      Promise.resolve(desk.dispatch.call('session.sign_in', { user: 'kim', password: 'long enough' }, SEAT)),
    ).rejects.toThrow(TypeError);
  });

  it('runs a line of the command language with the refusals of the calls it stands for', () => {
    desk = openDesk();
    const a = open();
    const line = (text: string, confirm?: boolean) =>
      desk.dispatch.call('command.run', { line: text, selected: null, ...(confirm ? { confirm } : {}) }, SEAT);
    const sent = value(line(`D M36,E06 ${a.number}`) as Answer<Done>);
    expect(sent.assignments).toHaveLength(2);
    expect(sent.said).not.toBe('');
    const b = open();
    expect(line(`D M36 ${b.number}`)).toMatchObject({ ok: false, refusal: { code: 'confirm.needed' } });
    expect(line(`D M36 ${b.number}`, true)).toMatchObject({ ok: true });
    expect(line('D M36 99999999')).toMatchObject({ ok: false });
    expect(line('gibberish')).toMatchObject({ ok: false });
  });

  it('says before a line is run what it would come to, and makes nothing by that', () => {
    desk = openDesk({ sessions: fixedSessions(me(['dispatcher'])) });
    const [a = '', b = ''] = [open().number, open().number];
    const preview = (line: string) => desk.dispatch.call('command.preview', { line, selected: null }, SEAT);
    const run = (line: string) => desk.dispatch.call('command.run', { line, selected: null }, SEAT);
    const written = (): number[] => desk.store.heads().map(({ seq }) => seq);
    const before = written();
    expect(preview(`D M36 ${a}`)).toEqual({ ok: true, value: { said: `M36 dispatched ${a}` } });
    expect(written()).toEqual(before);
    value(run(`D M36 ${a}`) as Answer<Done>);
    value(run('OOS M14 fuel') as Answer<Done>);
    for (const line of [`D M36,M14 ${b}`, `D M36 ${a}`, `C ${a} DONE`, 'D M36 99999999', 'foo'])
      expect(preview(line)).toEqual(run(line));
    expect(preview(`D M36,M14 ${b}`)).toMatchObject({
      refusal: { code: 'confirm.needed' },
      decision: {
        rules: [{ reason: `M36 is dispatched ${a}.` }, { reason: 'M14 is out of service (fuel).' }],
      },
    });
    // What opens a call is possible, and uses no number up.
    expect(preview('NEW 9 Elm St/chest/2/crushing')).toMatchObject({ ok: true });
    expect(open().number).toBe(`${a.slice(0, -1)}${Number(b.slice(-1)) + 1}`);
  });

  it('says before a line is run that it needs somebody else', () => {
    desk = openDesk({ sessions: fixedSessions(me(['call_taker'])) });
    const line = `D M36 ${open().number}`;
    expect(desk.dispatch.call('command.preview', { line, selected: null }, SEAT)).toMatchObject({
      ok: false,
      refusal: { code: 'role.missing', message: expect.stringContaining('dispatcher') },
    });
  });

  it('lets a call taker take calls and not send units, and says who can', () => {
    desk = openDesk({ sessions: fixedSessions(me(['call_taker'])) });
    const a = open();
    const answer = desk.dispatch.call('unit.dispatch', { incident: a.incident ?? '', units: ['m36'] }, SEAT);
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'role.missing' } });
    expect((answer as { refusal: { message: string } }).refusal.message).toContain('dispatcher');
    expect(desk.store.factsAbout('unit:m36')).toEqual([]);
  });

  it('withholds what the organisation has taken away from the role, and says why', () => {
    desk = openDesk();
    const a = open();
    const note = (): unknown => desk.dispatch.call('incident.note', { incident: a.incident ?? '', text: 'x' }, SEAT);
    expect(note()).toMatchObject({ ok: true });
    const put = (n: number, version: number, withheld: RoleRestriction['withheld']): string =>
      desk.store.applyPage({
        epoch: 'epoch-1',
        from: n - 1,
        items: [
          {
            n,
            record: { kind: 'role_restriction', id: 'dispatcher', version, body: { role: 'dispatcher', withheld } },
          },
        ],
        keys: [],
        head: n,
      });
    const reason = 'notes are the call taker’s';
    expect(put(ROSTER.length + 1, 1, [{ permission: 'incident.noted@1', reason, since: 1 }])).toBe('applied');
    const refused = note() as { readonly refusal: { readonly code: string; readonly message: string } };
    expect(refused.refusal.code).toBe('role.missing');
    expect(refused.refusal.message).toContain('from the role Dispatcher: notes are the call taker’s');
    expect(put(ROSTER.length + 2, 2, [])).toBe('applied');
    expect(note()).toMatchObject({ ok: true });

    const board = desk.watch('board');
    const shown = (): number => Object.keys(board.state().incidents ?? {}).length;
    expect(shown()).toBe(1);
    put(ROSTER.length + 3, 3, [{ permission: 'incident.read', reason, since: 1 }]);
    const anew = desk.watch('board');
    expect(Object.keys(anew.state().incidents ?? {})).toEqual([]);
  });

  it('refuses ids that are not of this site', () => {
    desk = openDesk();
    const foreign = '01999999-aaaa-7bbb-8ccc-dddddddddddd';
    expect(desk.dispatch.call('incident.note', { incident: foreign, text: 'x' }, SEAT)).toMatchObject({ ok: false });
    const a = open();
    expect(desk.dispatch.call('unit.dispatch', { incident: a.incident ?? '', units: [foreign] }, SEAT)).toMatchObject({
      ok: false,
    });
    expect(desk.store.factsAbout(`unit:${foreign}`)).toEqual([]);
  });

  it('keeps drafts and layouts, told to every window of the seat', () => {
    desk = openDesk();
    const drafts = desk.watch('drafts');
    value(desk.dispatch.call('draft.save', { key: 'intake', value: { location: '12 P' } }, SEAT));
    expect(drafts.state().drafts).toEqual({ intake: { location: '12 P' } });
    value(desk.dispatch.call('draft.save', { key: 'intake', value: null }, SEAT));
    expect(drafts.state().drafts).toEqual({});
    value(desk.dispatch.call('layout.save', { name: 'main', layout: [1, 2] }, SEAT));
    expect(desk.watch('layouts').state().layouts).toEqual({ main: [1, 2] });
  });

  it('puts a roster change in the outbox, checked, and awaits its answer', async () => {
    desk = openDesk({ sessions: fixedSessions(me(['admin'])) });
    const requests = desk.watch('requests');
    const wrong = desk.dispatch.call(
      'roster.put',
      { records: [{ kind: 'disposition', version: 0, body: { code: 7 } as never }] },
      SEAT,
    );
    expect(wrong).toMatchObject({ ok: false, refusal: { field: 'records.0.body.code' } });
    const put = value(
      desk.dispatch.call(
        'roster.put',
        { records: [{ kind: 'disposition', version: 0, body: { code: 'X', text: 'Other' } }] },
        SEAT,
      ),
    );
    expect(Object.keys(requests.state().requests ?? {})).toEqual([put.request]);
    const waiting = desk.dispatch.call('request.await', { request: put.request, waitMs: 5_000 }, SEAT);
    const decision = { verdict: 'BLOCK', rules: [], next: [] } as const;
    desk.store.requestAnswered({
      id: put.request,
      state: 'refused',
      decision: { ...decision, rules: [], next: [] },
      result: null,
    });
    expect(await waiting).toMatchObject({ ok: true, value: { state: 'refused' } });
  });

  it('empties every topic but reach and me when nobody is signed in', () => {
    let held: ReturnType<typeof me> | null = null;
    const listeners = new Set<(seat: string) => void>();
    const sessions = {
      ...fixedSessions(me()),
      me: () => held,
      onChange: (listener: (seat: string) => void) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    desk = openDesk({ sessions });
    const board = desk.watch('board');
    expect(board.state()).toEqual({ incidents: {}, units: {} });
    expect(desk.dispatch.call('incident.note', { incident: 'x', text: 'y' }, SEAT)).toMatchObject({
      refusal: { code: 'session.needed' },
    });
    held = me();
    for (const listener of listeners) listener(SEAT.seat);
    expect(Object.keys(units(board.state()))).toHaveLength(3);
    held = me(['dispatcher'], { locked: true });
    for (const listener of listeners) listener(SEAT.seat);
    expect(Object.keys(units(board.state()))).toHaveLength(3);
    expect(desk.watch('board').state()).toEqual({ incidents: {}, units: {} });
    held = null;
    for (const listener of listeners) listener(SEAT.seat);
    expect(units(board.state())).toEqual({});
    expect(desk.watch('reach').state().reach).toBeDefined();
  });

  it('shows callers and patients to those whose role reads them, and to nobody else who sits down', async () => {
    let held: Me | null = me();
    const listeners = new Set<(seat: string) => void>();
    const sessions: Sessions = {
      ...fixedSessions(me()),
      me: () => held,
      onChange: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    const noted: string[] = [];
    const nothing = () => undefined;
    const desk = openDesk({
      sessions,
      documents: { open: async () => done({ media: 'application/pdf', base64: '' }) },
      reads: {
        shown: (_seat, topic, rows) => void (Object.keys(rows.units ?? {}).length > 0 && noted.push(topic)),
        opened: (_seat, document) => void noted.push(document),
        ...{ waiting: () => null, taken: nothing, save: nothing },
      },
    });
    const board = desk.watch('board');
    const report = () => desk.dispatch.call('document.open', { id: 'report-1' }, SEAT);
    const sits = (next: Me) => {
      held = next;
      for (const listener of listeners) listener(SEAT.seat);
    };
    expect(Object.keys(board.state().units ?? {})).toHaveLength(3);
    for (const role of ['pilot', 'founder', 'investor'] as const) {
      sits(me([role], { session: role }));
      expect(board.state().units).toEqual({});
      expect(desk.watch('board').state()).toEqual({ incidents: {}, units: {} });
      expect(await report()).toMatchObject({ ok: false, refusal: { code: 'document.role' } });
      expect(Object.keys(desk.watch('roster').state()).length).toBeGreaterThan(0);
    }
    expect(noted).toEqual(['board']);
    sits(me(['provider'], { session: 'provider' }));
    expect(Object.keys(board.state().units ?? {})).toHaveLength(3);
    expect(await report()).toMatchObject({ ok: true });
    expect(noted).toContain('report-1');
    // Without the center what is kept here is opened: by whoever the center would give it to.
    const permission = recordActions('report')?.read.name ?? '';
    const withheld = [{ permission, reason: 'Reports go through records.', since: 1 }];
    const record = { kind: 'role_restriction', id: 'provider', version: 1, body: { role: 'provider', withheld } };
    const n = (desk.store.cursor()?.n ?? 0) + 1;
    desk.store.applyPage({ epoch: 'epoch-1', from: n - 1, items: [{ n, record }], keys: [], head: n });
    expect(await report()).toMatchObject({
      refusal: { code: 'document.role', message: expect.stringContaining('Reports go through records.') },
    });
    desk.close();
  });
});
