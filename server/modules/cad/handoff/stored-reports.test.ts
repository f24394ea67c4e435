/** The reports that hand-off leaves, as they lie in the database and as they are read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseEntity } from '../../../kernel/intake/erase.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { readBlob } from '../../documents/blobs.ts';
import { documentsPart } from '../../documents/part.ts';
import { type Call, type Floor, floor, ORG } from './testing/floor.ts';
import { workOff } from './worker.ts';

let at: Floor;
beforeAll(async () => {
  at = await floor();
});
afterAll(() => at.world.close());

describe('stored documents', () => {
  const stored = async (number: string): Promise<{ call: Call; id: string; digest: string }> => {
    const call = at.transported(number);
    await at.push(...call.made);
    await workOff(at.ports);
    const report = await at.reportOf(call);
    return { call, id: report?.id ?? '', digest: String(report?.body?.digest) };
  };
  const read = (id: string, digest: string) =>
    at.world.database.db.inOrg({ org: ORG }, (trx) => readBlob(trx, at.world.ports.keys, ORG, id, digest));

  it('hold nothing that can be read without the key', async () => {
    const { id, digest } = await stored('26-00427');
    const { rows } = await asMigrator(at.world.database, (client) =>
      client.query<{ sealed: Buffer }>('select sealed from documents.chunk where id = $1 and digest = $2', [
        id,
        digest,
      ]),
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { sealed } of rows) {
      expect(sealed.includes('%PDF')).toBe(false);
      expect(sealed.toString('latin1')).not.toContain('26-00427');
    }
    const plain = await read(id, digest);
    expect(plain.state === 'read' && Buffer.from(plain.bytes).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('show when they were changed, cut or exchanged', async () => {
    const { id, digest } = await stored('26-00428');
    const other = await stored('26-00429');
    const tamper = (statement: string, values: unknown[]) =>
      asMigrator(at.world.database, (client) => client.query(statement, values));
    const original = (await tamper('select sealed from documents.chunk where digest = $1 and n = 0', [digest])).rows[0]
      .sealed as Buffer;
    const changed = Buffer.from(original);
    changed[40] = (changed[40] ?? 0) ^ 1;
    const set = 'update documents.chunk set sealed = $2 where digest = $1 and n = 0';
    await tamper(set, [digest, changed]);
    expect((await read(id, digest)).state).toBe('damaged');
    const foreign = (await tamper('select sealed from documents.chunk where digest = $1 and n = 0', [other.digest]))
      .rows[0].sealed;
    await tamper(set, [digest, foreign]);
    expect((await read(id, digest)).state).toBe('damaged');
    await tamper('delete from documents.chunk where digest = $1', [digest]);
    expect((await read(id, digest)).state).toBe('damaged');
  });

  it('are erased with the incident they are about, and none is made of what is left', async () => {
    const { call, id, digest } = await stored('26-00430');
    const run = await at.derived(call, 'm36', 'run');
    const { signer } = await at.world.ports.keys.centerKeys(ORG);
    await at.world.log.intake(ORG, (tx) => eraseEntity(tx, call.incident, 'asked for', signer, at.world.ports));
    expect(await workOff(at.ports)).toBe(1);
    expect((await read(id, digest)).state).toBe('erased');
    expect((await at.reportOf(call))?.body).toMatchObject({ digest });
    expect(await at.derived(call, 'm36', 'run')).toEqual(run);
    expect(await at.rows('select from cad.handoff_due where org = $1', [ORG])).toEqual([]);
  });

  it('are not told to be erased where the key of their site is not at this center, so that no workstation lets its own go', async () => {
    const { call, id, digest } = await stored('26-00432');
    const put = (under: string) =>
      asMigrator(at.world.database, async (client) => {
        await client.query('set session_replication_role = replica');
        const { rows } = await client.query(
          `update keys.entity k set under = $2 from keys.entity b where k.entity = $1 and b.id = k.id returning b.under`,
          [call.incident, under],
        );
        return rows[0].under as string;
      });
    const under = await put('newer-than-the-backup');
    expect((await read(id, digest)).state).toBe('unopened');
    await put(under);
    expect((await read(id, digest)).state).toBe('read');
  });

  it('are read through one door that notes who read them', async () => {
    const { id } = await stored('26-00431');
    const [door] = documentsPart({ db: at.world.database.db, keys: at.world.ports.keys }).routes;
    const call = (site: string, name: string) =>
      door?.handler({
        caller: { kind: 'device', org: ORG, site, station: 'seat-1', jkt: 'k' },
        params: { id: name },
        query: undefined,
        body: undefined,
        request: 'r-read',
        reason: null,
        address: '',
        client: null,
        permit: () => [],
        delivery: null,
      });
    expect(
      Buffer.from((await call(at.site, id)) as Uint8Array)
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    await expect(call('another site', id)).rejects.toMatchObject({ status: 404 });
    await expect(call(at.site, 'nothing')).rejects.toMatchObject({ status: 404 });
    const notes = await at.rows(`select actor, op, tbl, row_id from audit.entry where request = 'r-read'`);
    expect(notes).toEqual([{ actor: 'station:seat-1', op: 'read', tbl: 'documents.report', row_id: id }]);
  });
});
