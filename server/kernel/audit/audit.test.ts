import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry, AuditPage } from '#domain/identity/api/audit.ts';
import { idOf } from '#domain/kernel/ids.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { DEMO_ORG } from '../../modules/demo/sign-in.ts';
import { type EnrolledStation, type TestCenter, testCenter } from '../../testing/center.ts';
import { untilSealed } from '../../testing/sealed.ts';
import { REASON_HEADER } from '../http/scope.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';
import { exportAudit } from './export.ts';
import { type CheckedExport, checkExport } from './export-check.ts';

const incident = newEntity('incident');
const REASON = 'Anfrage der Klägerin, 50% dringend';
let center: TestCenter;
let a: EnrolledStation;

const get = (path: string, reason?: string): Promise<Response> =>
  fetch(`${center.url}${path}`, {
    headers: {
      authorization: `Bearer ${center.adminToken}`,
      ...(reason === undefined ? {} : { [REASON_HEADER]: encodeURIComponent(reason) }),
    },
  });
const search = async (asked: { readonly [name: string]: string | number }): Promise<AuditPage> =>
  (await (
    await get(`/v1/audit/entries?${new URLSearchParams(asked as { [name: string]: string })}`)
  ).json()) as AuditPage;

beforeAll(async () => {
  center = await testCenter();
  a = await center.enrol('Console A');
  await a.push(
    pushOf(a.append(opening(incident)), a.append({ type: 'incident.noted', about: [incident], body: { text: 'x' } })),
  );
  await untilSealed(center, DEMO_ORG);
  expect((await get(`/v1/entities/incident/${idOf(incident)}`, REASON)).status).toBe(200);
  expect((await get(`/v1/entities/incident/${idOf(incident)}`)).status).toBe(200);
  await untilSealed(center, DEMO_ORG);
});
afterAll(() => center?.close());

describe('searching', () => {
  it('finds who read a row, from where, in which session and why (ASVS 16.2.1)', async () => {
    const { items } = await search({ table: 'cad.incident', row: idOf(incident), op: 'read' });
    expect(items).toHaveLength(2);
    const why = items.find(({ reason }) => reason !== null) as AuditEntry;
    expect(why).toMatchObject({ op: 'read', reason: REASON, device: null, before: null });
    expect(why.actor).toBeTruthy();
    expect(why.session).toBeTruthy();
    expect(why.request).toBeTruthy();
    expect(why.sealed).toBeGreaterThan(0);
    const by = { actor: why.actor as string, session: why.session as string, request: why.request as string };
    expect((await search(by)).items).toEqual([why]);
    expect((await search({ reason: 'KLÄGERIN' })).items).toEqual([why]);
    expect((await search({ reason: '50%' })).items).toEqual([why]);
    expect((await search({ reason: '5_%' })).items).toEqual([]);
  });

  it('finds what was done on the floor under who did it and from which workstation', async () => {
    const facts = (await search({ device: a.station, table: 'kernel.fact' })).items;
    expect(facts.length).toBeGreaterThan(0);
    for (const { actor, session, device } of facts) {
      expect({ actor: actor === 'center', session, device }).toMatchObject({ actor: false, device: a.station });
    }
  });

  it('goes back in time by pages, each entry once', async () => {
    const whole = (await search({ limit: 200 })).items;
    const until = (whole[0] as AuditEntry).at;
    const paged: number[] = [];
    let after: string | null = null;
    do {
      const page: AuditPage = await search({ until, limit: 7, ...(after === null ? {} : { after }) });
      paged.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== null && paged.length < 140);
    const expected = whole.filter(({ at }) => at < until).map(({ id }) => id);
    expect(paged.slice(0, 140)).toEqual(expected.slice(0, 140));
    expect(new Set(paged).size).toBe(paged.length);
  });

  it('is noted itself, and says what is wrong with a question', async () => {
    await search({ actor: 'nobody in particular' });
    const [noted] = (await search({ table: 'audit.entry' })).items;
    expect(noted).toMatchObject({ op: 'read', after: { filter: { actor: 'nobody in particular' }, entries: 0 } });
    for (const asked of ['row=x', 'table=nothing', 'op=look', 'after=x', 'from=yesterday', 'unknown=1']) {
      expect((await get(`/v1/audit/entries?${asked}`)).status, asked).toBe(400);
    }
  });
});

async function* each(lines: readonly string[]): AsyncIterable<string> {
  yield* lines;
}
const exported = async (query = ''): Promise<string[]> => {
  const answer = await get(`/v1/audit/export${query}`);
  expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
  const whole = await answer.text();
  expect(whole.endsWith('\n')).toBe(true);
  return whole.slice(0, -1).split('\n');
};
const check = (lines: readonly string[], keys?: readonly string[]): Promise<CheckedExport> =>
  checkExport(each(lines), keys ? { keys } : {});

describe('an export', () => {
  it('holds all that was sealed, in the very texts, and is verified without the center', async () => {
    const lines = await exported();
    const said = await check(lines);
    expect(said).toMatchObject({ broken: null, head: { whole: true, from: 1, org: DEMO_ORG } });
    expect(said.keys).toHaveLength(1);
    expect(said.entries).toBeGreaterThan(50);
    expect(lines.filter((line) => line.startsWith('{"at": ') || line.startsWith('{"id": '))).toHaveLength(said.entries);
    const verification = await (await get('/v1/audit/verification')).json();
    expect(verification).toMatchObject({ brokenAt: null });
    expect(await check(lines, said.keys)).toMatchObject({ broken: null });
    expect((await check(lines, ['another key'])).broken?.why).toContain('not the center’s');
    const [noted] = (await search({ table: 'audit.entry' })).items.filter(({ after }) =>
      JSON.stringify(after).includes('export'),
    );
    expect(noted).toMatchObject({ op: 'read', after: { act: 'export', filter: {} } });
  });

  it('ends where the session does in which it was asked for: who reads slowly reads no further (ASVS 7.4.1)', async () => {
    const { token, person } = await center.member('olga', ['auditor'], null);
    const { sid: session } = decodeJwt<{ sid: string }>(token);
    const db = await center.application();
    const signer = signerOf(newSigningKey());
    const scope = { org: DEMO_ORG, actor: person, session };
    const asked = { org: DEMO_ORG, by: person, session, request: 'r', reason: null, at: Date.now(), filter: {} };
    try {
      const read = async (): Promise<string> => text(await exportAudit(db, scope, signer, asked));
      expect(await read()).toContain('"end"');
      const begun = await exportAudit(db, scope, signer, asked);
      const path = `/v1/people/${person}/sessions/revoke`;
      expect((await center.call('POST', path, {}, center.adminToken)).status).toBe(200);
      await expect(text(begun)).rejects.toThrow('Your session was ended meanwhile');
    } finally {
      await db.close();
    }
  });

  it('holds what was asked for alone, each proven to be of its seal', async () => {
    const lines = await exported(`?table=cad.incident&row=${idOf(incident)}`);
    const said = await check(lines);
    expect(said).toMatchObject({ broken: null, head: { whole: false } });
    const found = (await search({ table: 'cad.incident', row: idOf(incident), limit: 200 })).items;
    expect(said.entries).toBe(found.length);
    const nothing = await check(await exported('?actor=nobody'));
    expect(nothing).toMatchObject({ broken: null, seals: 0, entries: 0 });
  });

  it.each(['', `?op=read`, '?op=insert'])('tells any change to it, and at which line (%s)', async (query) => {
    const lines = await exported(query);
    expect((await check(lines)).broken).toBeNull();
    const entry = lines.findIndex((line) => !line.startsWith('{"seal"') && !line.startsWith('{"export"'));
    const broken = async (change: (copy: string[]) => void): Promise<CheckedExport['broken']> => {
      const copy = [...lines];
      change(copy);
      return (await check(copy)).broken;
    };
    const at = async (line: number, text: string): Promise<CheckedExport['broken']> =>
      broken((copy) => {
        copy[line] = text;
      });
    for (let line = 0; line < lines.length; line += Math.ceil(lines.length / 40)) {
      const text = lines[line] as string;
      const place = Math.floor(text.length / 2);
      const flipped = String.fromCharCode(text.charCodeAt(place) ^ 1);
      const said = await at(line, text.slice(0, place) + flipped + text.slice(place + 1));
      expect(said, `line ${line + 1}`).not.toBeNull();
    }
    expect(await broken((copy) => copy.splice(entry, 1))).not.toBeNull();
    expect(await broken((copy) => copy.splice(entry, 0, copy[entry] as string))).not.toBeNull();
    const [first, second] = [lines[entry] as string, lines[entry + 1] as string];
    expect(await broken((copy) => copy.splice(entry, 2, second, first))).not.toBeNull();
    expect(await broken((copy) => copy.pop())).toMatchObject({ why: 'it is cut off: there is no end' });
    const secondSeal = lines.findIndex((line, n) => n > entry && line.startsWith('{"seal"'));
    if (secondSeal > 0) expect(await broken((copy) => copy.splice(entry - 1, secondSeal - entry + 1))).not.toBeNull();
    expect(await broken((copy) => copy.push(copy.at(-1) as string))).toMatchObject({ line: lines.length + 1 });
  });

  it('is refused against a checkpoint that is not of its chain', async () => {
    const lines = await exported();
    const checkpoint = (hash: string) => ({ org: DEMO_ORG, position: 2, total: 1, hash, at: 1, key: '', sig: '' });
    const seal = JSON.parse(lines.find((line) => line.startsWith('{"seal":{"position":2,')) as string).seal as {
      hash: string;
    };
    const held = (hash: string) =>
      checkExport(each(lines), {
        checkpoints: async function* () {
          yield checkpoint(hash);
        },
      });
    expect(await held(seal.hash)).toMatchObject({ broken: null, checkpoints: 1 });
    expect((await held('00')).broken?.why).toBe('position 2 is another than its checkpoint');
  });
});

describe('reads at a workstation', () => {
  const read = (seq: number, over: object = {}) => ({
    seq,
    at: 1_700_000_000_000 + seq,
    by: 'ann',
    session: 'session-ann',
    position: 'p1',
    entity: incident,
    fields: ['caller'],
    ...over,
  });
  const send = (log: string, seqs: readonly number[], token = a.token) =>
    center.call<{ taken: number }>('POST', '/v1/access/reads', { log, reads: seqs.map((seq) => read(seq)) }, token);

  it('arrive as reads of the person, from the workstation, once each', async () => {
    expect((await send('log-1', [1, 2])).body).toEqual({ taken: 2 });
    expect((await send('log-1', [1, 2])).body).toEqual({ taken: 2 });
    expect((await send('log-1', [2, 3])).body).toEqual({ taken: 3 });
    const { items } = await search({ actor: 'ann', table: 'cad.incident', row: idOf(incident), op: 'read' });
    expect(items.map(({ after }) => (after as { seq: number }).seq).sort()).toEqual([1, 2, 3]);
    expect(items[0]).toMatchObject({
      device: a.station,
      session: 'session-ann',
      after: { at: 1_700_000_000_003, position: 'p1', fields: ['caller'], log: 'log-1' },
    });
  });

  it('say what is missing in their log', async () => {
    expect((await send('log-2', [4, 5])).body).toEqual({ taken: 5 });
    const [noted] = (await search({ table: 'audit.read_log', row: 'log-2' })).items;
    expect(noted).toMatchObject({ op: 'act', device: a.station, after: { act: 'reads missing', from: 1, to: 3 } });
    // Between reads that came together as well.
    expect((await send('log-2', [6, 9, 11])).body).toEqual({ taken: 11 });
    const { items } = await search({ table: 'audit.read_log', row: 'log-2' });
    const gaps = items.map(({ after }) => after as { from: number; to: number }).map(({ from, to }) => [from, to]);
    expect(gaps.toSorted()).toEqual([
      [1, 3],
      [10, 10],
      [7, 8],
    ]);
  });

  it('are taken of no other workstation’s log, and of nobody but a workstation', async () => {
    const b = await center.enrol('Console B');
    expect((await send('log-1', [4], b.token)).status).toBe(409);
    expect((await send('log-3', [1], center.adminToken)).status).toBe(401);
    expect((await center.call('POST', '/v1/access/reads', { log: 'x', reads: [] }, a.token)).status).toBe(400);
  });
});
