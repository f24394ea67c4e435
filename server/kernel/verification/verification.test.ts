import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuditVerification, verifiedSoFar } from '#domain/identity/api/audit.ts';
import { type EntityRef, idOf } from '#domain/kernel/ids.ts';
import { type EnrolledStation, type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator, tampering } from '../../testing/postgres.ts';
import { untilSealed } from '../../testing/sealed.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';

// Each has a center of its own, and waits for its sealer.
vi.setConfig({ testTimeout: 120_000 });

interface Rows {
  readonly entities: number;
  readonly different: readonly string[];
}
interface SealRow {
  readonly position: number;
  readonly to_xid: string;
  readonly to_id: number;
  readonly entries: number;
  /** Epoch ms. */
  readonly at: number;
}

let center: TestCenter;
let a: EnrolledStation;
let incident: EntityRef;
let unit: EntityRef;

beforeEach(async () => {
  center = await testCenter({ sealEveryMs: 100 });
  a = await center.enrol('Console A');
  incident = newEntity('incident');
  unit = newEntity('unit');
  await work(incident);
});
afterEach(() => center?.close());

async function work(of: EntityRef): Promise<void> {
  const opened = a.append(opening(of));
  const noted = a.append({ type: 'incident.noted', about: [of], body: { text: 'second floor' } });
  const sent = a.append({
    type: 'unit.dispatched',
    about: [of, unit, `assignment:${idOf(of)}.${idOf(unit)}.0`],
    body: { code: 'DP', commitments: [of] },
  });
  expect((await a.push(pushOf(opened, noted, sent))).body.problems).toEqual([]);
}

const audit = async (): Promise<AuditVerification> =>
  (await center.call<AuditVerification>('GET', '/v1/audit/verification', undefined, center.adminToken)).body;
const rows = async (): Promise<Rows> =>
  (await center.call<Rows>('GET', '/v1/rows/verification', undefined, center.adminToken)).body;

const tamper = (work: (client: pg.Client) => Promise<unknown>): Promise<unknown> => tampering(center, work);
const change = (text: string, values: unknown[]): Promise<unknown> =>
  tamper(async (client) => expect((await client.query(text, values)).rowCount).toBe(1));

const seals = (): Promise<readonly SealRow[]> =>
  asMigrator(
    center,
    async (client) =>
      (
        await client.query<SealRow>(
          `select position::int, to_xid::text, to_id::int, entries::int, at::float8 from audit.seal where org = $1 order by position`,
          [a.site.org],
        )
      ).rows,
  );

/** Waits until all that was audited is sealed, two more seals at least. */
async function sealed(): Promise<readonly SealRow[]> {
  const before = (await seals()).length;
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await delay(20)) {
    await work(newEntity('incident'));
    const now = await seals();
    if (now.length >= before + 3) break;
  }
  await untilSealed(center, a.site.org);
  return seals();
}

/** Ids of the entries under one seal that has several, and its position. */
async function sealedEntries(): Promise<Pick<SealRow, 'position' | 'at'> & { readonly ids: readonly number[] }> {
  const all = await sealed();
  const seal = all.find(({ position, entries }) => position > 1 && position < all.length && entries >= 3);
  if (!seal) throw new Error('no seal in the middle has three entries');
  const ids = await asMigrator(
    center,
    async (client) =>
      (
        await client.query<{ id: number }>(
          `select id::int from audit.entry where org = $1 and (xid, id) <= ($2::xid8, $3::bigint) order by xid desc, id desc limit $4`,
          [a.site.org, seal.to_xid, seal.to_id, seal.entries],
        )
      ).rows,
  );
  return { position: seal.position, at: seal.at, ids: ids.map(({ id }) => id) };
}

describe('the audit against its seals', () => {
  it('holds, names the sealed position, and holds on as more is sealed', async () => {
    await sealed();
    // The center may seal once more between the two reads.
    const [said, before] = await vi.waitUntil(async () => {
      const answer = await audit();
      const now = await seals();
      return answer.sealed === now.length && ([answer, now] as const);
    }, 20_000);
    expect(said).toEqual({
      sealed: before.length,
      entries: before.reduce((sum, { entries }) => sum + entries, 0),
      brokenAt: null,
      why: null,
      breaks: [],
      of: before.length,
      checkpoints: { held: expect.any(Number), newest: expect.any(Number), unreadable: 0 },
      next: null,
    });
    await sealed();
    const later = await audit();
    expect(later.brokenAt).toBeNull();
    expect(later.sealed).toBeGreaterThan(said.sealed);
  });

  it('is for auditors and administrators', async () => {
    const status = async (of: string, token: string): Promise<number> =>
      (await center.call('GET', `/v1/${of}/verification`, undefined, token)).status;
    const auditor = (await center.member('olga', ['auditor'])).token;
    expect(await status('audit', auditor)).toBe(200);
    expect(await status('rows', auditor)).toBe(403);
    const supervisor = (await center.member('sam', ['supervisor'])).token;
    expect(await status('audit', supervisor)).toBe(403);
    expect(await status('rows', supervisor)).toBe(403);
    expect(await status('audit', a.token)).toBe(401);
  });

  it('finds one flipped byte in an entry', async () => {
    const { position, at, ids } = await sealedEntries();
    await change(
      `update audit.entry set tbl = overlay(tbl placing chr(ascii(tbl) # 1) from 1 for 1) where org = $1 and id = $2`,
      [a.site.org, ids[1]],
    );
    const said = await audit();
    expect(said).toMatchObject({ brokenAt: position, why: 'its entries are not those that were sealed' });
    // Where: that seal alone, when it was made, and which entries it is over.
    expect(said.breaks).toHaveLength(1);
    const [first, last] = said.breaks[0]?.ids ?? [0, 0];
    expect([first, last]).toEqual([Math.min(...ids), Math.max(...ids)]);
    expect(said.breaks[0]?.at).toBe(at);
  });

  it('finds a deleted entry', async () => {
    const { position, ids } = await sealedEntries();
    await change('delete from audit.entry where org = $1 and id = $2', [a.site.org, ids[1]]);
    const why = `its entries are not those that were sealed, ${ids.length} of which ${ids.length - 1} are there`;
    expect(await audit()).toMatchObject({ brokenAt: position, why });
  });

  it('finds two entries that changed places', async () => {
    const { position, ids } = await sealedEntries();
    await tamper(async (client) => {
      const swapped = await client.query(
        `update audit.entry e set at = o.at, actor = o.actor, op = o.op, tbl = o.tbl, row_id = o.row_id, before = o.before, after = o.after
         from audit.entry o where e.org = $1 and o.org = $1 and (e.id, o.id) in (($2::bigint, $3::bigint), ($3::bigint, $2::bigint))`,
        [a.site.org, ids[0], ids[1]],
      );
      expect(swapped.rowCount).toBe(2);
    });
    expect(await audit()).toMatchObject({ brokenAt: position, why: 'its entries are not those that were sealed' });
  });

  it('finds a tail that was cut off: entries alone, and entries with their seals', async () => {
    const all = await sealed();
    const last = all.at(-1) as SealRow;
    const keep = all.at(-2) as SealRow;
    const cutEntries = (client: pg.Client): Promise<unknown> =>
      client.query('delete from audit.entry where org = $1 and (xid, id) > ($2::xid8, $3::bigint)', [
        a.site.org,
        keep.to_xid,
        keep.to_id,
      ]);
    await tamper(cutEntries);
    expect(await audit()).toMatchObject({
      brokenAt: last.position,
      why: expect.stringContaining('its entries are not those that were sealed'),
    });
    // That it was asked is an entry too. Sealed before the cut and cut off with the others, it is not sealed anew behind it.
    await untilSealed(center, a.site.org);
    await tamper(async (client) => {
      await cutEntries(client);
      await client.query('delete from audit.seal where org = $1 and position >= $2', [a.site.org, last.position]);
    });
    expect(await audit()).toMatchObject({
      sealed: keep.position,
      brokenAt: last.position,
      why: expect.stringContaining('it is gone: this center has sealed to position'),
    });
    // What is sealed from now on follows what is left, and takes the places of the seals that are gone.
    await expect
      .poll(
        async () => {
          await work(newEntity('incident'));
          return (await audit()).why;
        },
        { timeout: 15_000, interval: 600 },
      )
      .toContain('it is another than this center made');
  });

  it('finds a seal that was taken out of the middle', async () => {
    const all = await sealed();
    const gone = all.at(-2) as SealRow;
    await change('delete from audit.seal where org = $1 and position = $2', [a.site.org, gone.position]);
    expect(await audit()).toMatchObject({
      brokenAt: gone.position + 1,
      why: `it does not follow the seal before it: position ${gone.position} is gone`,
    });
  });
});

describe('the audit in stretches', () => {
  const LIMIT = 3;
  async function stretch(after: string | null): Promise<AuditVerification> {
    const place = after === null ? '' : `&after=${after}`;
    const path = `/v1/audit/verification?limit=${LIMIT}${place}`;
    const { status, body } = await center.call<AuditVerification>('GET', path, undefined, center.adminToken);
    expect(status).toBe(200);
    return body;
  }
  /** All of them; `between` is done once, after the first. */
  async function stretches(between: (first: AuditVerification) => Promise<unknown> = async () => undefined) {
    let soFar: AuditVerification | null = null;
    let asked = 0;
    do {
      soFar = verifiedSoFar(soFar, await stretch(soFar?.next ?? null));
      expect(soFar.sealed).toBeLessThanOrEqual(++asked * LIMIT);
      if (asked === 1) await between(soFar);
    } while (soFar.next !== null);
    return { said: soFar, asked };
  }

  it('says what one answer says, and holds the end against the checkpoints', async () => {
    const all = await sealed();
    const { said, asked } = await stretches();
    expect(said).toMatchObject({ brokenAt: null, breaks: [], of: said.sealed });
    expect(said.sealed).toBeGreaterThanOrEqual(all.length);
    expect(asked).toBe(Math.floor(said.sealed / LIMIT) + 1);
    const { entries, checkpoints } = await audit();
    expect(said.entries).toBeLessThanOrEqual(entries);
    expect(said.entries).toBeGreaterThanOrEqual(all.reduce((sum, one) => sum + one.entries, 0));
    expect(said.checkpoints.held).toBeGreaterThan(0);
    expect(said.checkpoints.newest).toBeLessThanOrEqual(checkpoints.newest ?? 0);
  });

  it('finds what was changed in any of them, each under its own place', async () => {
    await sealed();
    const all = await sealed();
    expect(all.length).toBeGreaterThan(2 * LIMIT);
    for (const position of [2, 2 * LIMIT])
      await change(
        `update audit.entry set op = 'read' where id = (select max(e.id) from audit.entry e
           join audit.seal s on s.org = e.org and e.xid = s.to_xid and e.id <= s.to_id where s.org = $1 and s.position = $2)`,
        [a.site.org, position],
      );
    const { said } = await stretches();
    expect(said.breaks.map((one) => one.position)).toEqual([2, 2 * LIMIT]);
    expect(said.brokenAt).toBe(2);
  });

  it('finds the chain cut off before the seam, or written anew there, between two of them', async () => {
    await sealed();
    const cut = await stretches(() =>
      tamper((client) => client.query('delete from audit.seal where org = $1 and position >= $2', [a.site.org, LIMIT])),
    );
    expect(cut.said.breaks[0]).toMatchObject({ position: LIMIT, why: expect.stringMatching(/gone|another/) });
    await sealed();
    const anew = await stretches(() =>
      tamper((client) =>
        client.query(`update audit.seal set hash = sha256(hash) where org = $1 and position = $2`, [a.site.org, LIMIT]),
      ),
    );
    expect(anew.said.breaks.map(({ why }) => why)).toContain(
      'it is another than it was when this verification came to it: the chain was written anew meanwhile',
    );
  });

  it('refuses a place that no answer named', async () => {
    for (const after of ['x', Buffer.from('[1,"ff"]').toString('base64url')]) {
      const path = `/v1/audit/verification?after=${after}`;
      expect((await center.call('GET', path, undefined, center.adminToken)).status).toBe(400);
    }
  });
});

describe('the rows against the facts', () => {
  it('agree, entity by entity', async () => {
    const known = await asMigrator(
      center,
      async (client) =>
        (
          await client.query<{ n: number }>(
            'select count(distinct ref)::int as n from kernel.fact_about where org = $1',
            [a.site.org],
          )
        ).rows[0]?.n,
    );
    expect(known).toBeGreaterThanOrEqual(3);
    expect(await rows()).toEqual({ entities: known, of: known, different: [], next: null });
  });

  it('agree over more entities than are read at a time', async () => {
    const many = Array.from({ length: 130 }, () => newEntity('incident'));
    await a.push(pushOf(...many.map((ref) => a.append(opening(ref)))));
    const said = await rows();
    expect(said.different).toEqual([]);
    expect(said.entities).toBeGreaterThanOrEqual(133);
  });

  it('name a row that was changed behind the application’s back, in clear or sealed, and one that is gone', async () => {
    const id = idOf(incident);
    const run = `assignment:${id}.${idOf(unit)}.0`;
    await change(`update cad.assignment set unit_notified = unit_notified - 60000 where id = $1`, [
      idOf(run as EntityRef),
    ]);
    expect((await rows()).different).toEqual([run]);
    await change(`update cad.incident set caller = set_byte(caller, 20, get_byte(caller, 20) # 1) where id = $1`, [id]);
    expect((await rows()).different).toEqual([run, incident]);
    await change('delete from cad.unit where id = $1', [idOf(unit)]);
    expect((await rows()).different).toEqual([run, incident, unit]);
  });

  it('name a folded state that another has taken the place of, a lost fact, and a row without facts', async () => {
    const other = newEntity('incident');
    await work(other);
    await change(
      'update kernel.entity e set folded = o.folded from kernel.entity o where e.ref = $1 and o.ref = $2 and o.org = e.org',
      [incident, other],
    );
    expect((await rows()).different).toEqual([incident]);
    await tamper((client) =>
      client.query(
        `delete from kernel.fact_about a using kernel.fact f where a.ref = $1 and f.type = 'incident.noted'
           and (f.org, f.site, f.n) = (a.org, a.site, a.n)`,
        [other],
      ),
    );
    expect((await rows()).different).toEqual([incident, other].sort());
    await tamper((client) =>
      client.query(
        `insert into cad.unit select org, 'made-up', site, status_code, status, commitments, body, updated_at from cad.unit where id = $1`,
        [idOf(unit)],
      ),
    );
    expect((await rows()).different).toEqual([...[incident, other].sort(), 'unit:made-up']);
  });
});
