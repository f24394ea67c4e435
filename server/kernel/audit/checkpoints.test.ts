import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { asMigrator, type TestDatabase, tampering, testDatabase } from '../../testing/postgres.ts';
import { type Checkpoint, openCheckpoints } from './checkpoints.ts';
import { type SealMemory, sealText, startSealer } from './sealer.ts';
import { type Verified, verifyAudit } from './verify.ts';

const ORG = 'alpha';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qd-checkpoints-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the files', () => {
  const signer = signerOf(newSigningKey());
  const seal = (position: number, org = ORG): Checkpoint => {
    const hash = position.toString(16).padStart(64, '0');
    const sig = signer.sign(sealText(org, position, position, hash));
    return { org, position, total: position, hash, at: position, key: signer.publicKey, sig };
  };
  const read = async (org: string, now: number): Promise<(Checkpoint | null)[]> => {
    const found: (Checkpoint | null)[] = [];
    for await (const one of (await openCheckpoints(folder, () => now)).of(org)) found.push(one);
    return found;
  };

  it('keep the first seal at once, then one in half a minute, and the last when the center stops (ASVS 16.4.3)', async () => {
    let now = Date.UTC(2026, 10, 30, 23, 59, 0);
    const kept = await openCheckpoints(folder, () => now);
    for (let position = 1; position <= 100; position++, now += 1_000) await kept.note([seal(position)]);
    await kept.note([], true);
    await kept.note([], true);
    const positions = (await read(ORG, now)).map((one) => one?.position);
    expect(positions).toEqual([1, 31, 61, 91, 100]);
    expect(readdirSync(folder)).toEqual(['2026-11.ndjson', '2026-12.ndjson']);
  });

  it('tell organisations apart, and go on behind a line that a crash tore', async () => {
    const kept = await openCheckpoints(folder, () => 0);
    await kept.note([seal(1), seal(7, 'beta')]);
    appendFileSync(join(folder, '1970-01.ndjson'), JSON.stringify(seal(2)).slice(0, 40));
    const again = await openCheckpoints(folder, () => 0);
    await again.note([seal(3)]);
    expect(await read(ORG, 0)).toEqual([seal(1), null, seal(3)]);
    expect(await read('beta', 0)).toEqual([seal(7, 'beta'), null]);
  });

  it('are written in half a minute also where the clock was set back: there were none until it caught up', async () => {
    let now = Date.UTC(2026, 10, 30, 12, 0, 0);
    const kept = await openCheckpoints(folder, () => now);
    await kept.note([seal(1)]);
    now -= 8 * 3_600_000;
    for (let position = 2; position <= 40; position++, now += 1_000) await kept.note([seal(position)]);
    expect((await read(ORG, now)).map((one) => one?.position)).toEqual([1, 2, 32]);
  });

  it.skipIf(process.platform === 'win32')('go on behind a line of which a full disk took a part', async () => {
    const kept = await openCheckpoints(folder, () => 0);
    const file = join(folder, '1970-01.ndjson');
    await kept.note([seal(1)]);
    const before = readFileSync(file);
    rmSync(file);
    symlinkSync('/dev/full', file);
    await expect(kept.note([seal(2)], true)).rejects.toMatchObject({ code: 'ENOSPC' });
    rmSync(file);
    writeFileSync(file, `${before}${JSON.stringify(seal(2)).slice(0, 40)}`);
    await kept.note([], true);
    expect(await read(ORG, 0)).toEqual([seal(1), null, seal(2)]);
  });

  it('say in one sentence where they cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openCheckpoints(join(folder, 'file', 'in it'), Date.now)).rejects.toMatchObject({
      code: 'checkpoints.unwritable',
      message: expect.stringContaining('--checkpoints'),
    });
    chmodSync(folder, 0o700);
  });
});

describe('a chain held against them, by a center that was started anew', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database?.close());

  /** A run of a center: some work, sealed at least twice, and the end of it. */
  async function run(): Promise<void> {
    const { db, keys } = database;
    const checkpoints = await openCheckpoints(folder, Date.now);
    const memory: SealMemory = new Map();
    const logger = pino({ level: 'silent' });
    const sealer = startSealer({ db, keys, memory, checkpoints, logger, onSealed: () => undefined, everyMs: 50 });
    for (let n = 0; n < 2; n++) {
      const before = memory.get(ORG)?.position ?? 0;
      await db.inOrgClient({ org: ORG, actor: 'ann' }, (client) =>
        client.query(
          `insert into kernel.organisation (org, name, created_at) values ($1, $2, 1)
           on conflict (org) do update set name = excluded.name`,
          [ORG, `name ${Math.random()}`],
        ),
      );
      await keys.createOrganisation(ORG);
      await expect.poll(() => memory.get(ORG)?.position ?? 0, { timeout: 15_000 }).toBeGreaterThan(before);
    }
    await sealer.stop();
  }

  async function verify(): Promise<Verified> {
    const { publicKeys } = await database.newRing().centerKeys(ORG);
    const checkpoints = (await openCheckpoints(folder, Date.now)).of(ORG);
    return verifyAudit(database.db, { org: ORG }, { publicKeys, checkpoints, remembered: undefined });
  }

  const readCheckpoints = async (): Promise<Checkpoint[]> => {
    const found: Checkpoint[] = [];
    for await (const one of (await openCheckpoints(folder, Date.now)).of(ORG)) if (one) found.push(one);
    return found;
  };
  const tamper = (work: (client: pg.Client) => Promise<unknown>): Promise<unknown> => tampering(database, work);
  const newest = async (): Promise<number> =>
    asMigrator(database, async (client) => {
      const { rows } = await client.query<{ at: number }>('select max(position)::int as at from audit.seal');
      return rows[0]?.at ?? 0;
    });

  it('agrees with them as long as nothing was done to it', async () => {
    await run();
    await run();
    const said = await verify();
    expect(said).toMatchObject({ breaks: [], checkpoints: { newest: said.sealed, unreadable: 0 } });
    expect(said.checkpoints.held).toBeGreaterThanOrEqual(2);
  });

  it('is found cut off at its end, entries and seals together', async () => {
    await run();
    const end = await newest();
    await tamper(async (client) => {
      await client.query(
        `delete from audit.entry e using audit.seal s where s.position = $1 and (e.xid, e.id) > (s.to_xid, s.to_id)`,
        [end - 1],
      );
      await client.query('delete from audit.seal where position = $1', [end]);
    });
    expect(await verify()).toMatchObject({
      sealed: end - 1,
      brokenAt: end,
      why: `it is gone: this center has sealed to position ${end}`,
    });
    // And when others have taken the place of what is gone.
    await run();
    expect(await verify()).toMatchObject({
      brokenAt: end,
      why: 'it is another than this center made: the chain was written anew, after position 1',
    });
  });

  it('is found cut off and continued while it is verified: it was taken for one that had only grown', async () => {
    await run();
    const [end, noted] = [await newest(), await readCheckpoints()];
    await tamper(async (client) => {
      await client.query(
        `delete from audit.entry e using audit.seal s where s.position = $1 and (e.xid, e.id) > (s.to_xid, s.to_id)`,
        [end - 1],
      );
      await client.query('delete from audit.seal where position = $1', [end]);
    });
    async function* readMeanwhile(): AsyncIterable<Checkpoint> {
      await run();
      yield* noted;
    }
    const { publicKeys } = await database.newRing().centerKeys(ORG);
    const against = { publicKeys, checkpoints: readMeanwhile(), remembered: undefined };
    expect(await verifyAudit(database.db, { org: ORG }, against)).toMatchObject({
      sealed: end - 1,
      brokenAt: end,
      why: 'it is another than this center made: the chain was written anew, after position 1',
    });
  });

  it('is found written anew from its first entry, although the center itself signed it again', async () => {
    await run();
    await tamper(async (client) => {
      await client.query(`update audit.entry set actor = 'bob' where actor = 'ann'`);
      await client.query('delete from audit.seal');
    });
    await run();
    const said = await verify();
    expect(said).toMatchObject({
      brokenAt: 1,
      why: 'it is another than this center made: the chain was written anew',
    });
  });

  it('is not believed where the owner of the database signs with a key of their own', async () => {
    await run();
    const mine = signerOf(newSigningKey());
    await tamper(async (client) => {
      await client.query(
        `insert into keys.signing (org, id, wrapped, created_at, retired_at) values ($1, $2, '\\x00', 1, 2)`,
        [ORG, mine.publicKey],
      );
      await client.query(`update audit.entry set actor = 'bob' where actor = 'ann'`);
      const { rows } = await client.query<{ position: number }>(
        'select position::int from audit.seal order by position',
      );
      for (const { position } of rows) {
        await client.query(
          `update audit.seal s set previous = coalesce((select p.hash from audit.seal p where p.position = s.position - 1), '\\x')
           where s.position = $1`,
          [position],
        );
        await client.query(`select set_config('qd.org', $1, true)`, [ORG]);
        await client.query('update audit.seal s set hash = r.hash from audit.reckon($1) r where s.position = $1', [
          position,
        ]);
        const { rows: now } = await client.query<{ total: number; hash: Buffer }>(
          'select total::int, hash from audit.seal where position = $1',
          [position],
        );
        const { total, hash } = now[0] as { total: number; hash: Buffer };
        await client.query('update audit.seal set signed_by = $2, signature = $3 where position = $1', [
          position,
          mine.publicKey,
          mine.sign(sealText(ORG, position, total, hash.toString('hex'))),
        ]);
      }
    });
    const said = await verify();
    expect(said.brokenAt).toBe(1);
    expect(said.why).toBe('its signature is not the center’s');
  });

  it('is held against all of them, however many there are', async () => {
    await run();
    const { publicKeys } = await database.newRing().centerKeys(ORG);
    const sealed = await newest();
    const own = await readCheckpoints();
    async function* many(last: Checkpoint): AsyncGenerator<Checkpoint> {
      for (const one of own) yield one;
      for (let position = sealed + 1; position < sealed + 2_500; position++) yield { ...last, position };
      yield own[0] as Checkpoint;
    }
    const last = own.at(-1) as Checkpoint;
    const against = (checkpoints: AsyncIterable<Checkpoint>) => ({ publicKeys, checkpoints, remembered: undefined });
    const said = await verifyAudit(database.db, { org: ORG }, against(many(last)));
    expect(said).toMatchObject({ breaks: [], checkpoints: { newest: sealed } });
    await tamper((client) => client.query('delete from audit.seal where position = $1', [sealed]));
    expect(await verifyAudit(database.db, { org: ORG }, against(many(last)))).toMatchObject({
      breaks: [{ position: sealed, why: `it is gone: this center has sealed to position ${sealed}` }],
    });
  });

  it('is sealed to its end by the key in hand once its organisation has none: that was looked for anew, and not found', async () => {
    await run();
    const { signer } = await database.newRing().centerKeys(ORG);
    await tamper((client) => client.query('delete from keys.organisation'));
    await database.db.inOrgClient({ org: ORG }, (client) =>
      client.query(`select audit.note_act('act', 'keys.organisation', null, '{}')`),
    );
    const ports = { db: database.db, keys: database.newRing(), logger: pino({ level: 'silent' }) };
    const checkpoints = await openCheckpoints(folder, Date.now);
    const sealer = startSealer({ ...ports, memory: new Map(), checkpoints, onSealed: () => undefined });
    await sealer.stop();
    const before = await newest();
    const sealed = async (): Promise<number> => {
      await sealer.sealNow(ORG, signer);
      return newest();
    };
    await expect.poll(sealed, { timeout: 15_000 }).toBeGreaterThan(before);
  });

  it('takes no notice of a checkpoint that the center did not sign', async () => {
    await run();
    const files = readdirSync(folder);
    const file = join(folder, files[0] as string);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const last = JSON.parse(lines.at(-1) as string) as Checkpoint;
    appendFileSync(file, `${JSON.stringify({ ...last, position: last.position + 5 })}\n`);
    expect((await verify()).breaks).toEqual([]);
  });
});
