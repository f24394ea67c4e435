/** Each level that others are wrapped under is rotated while two nodes read all there is and facts keep coming. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readBlob } from '../../modules/documents/blobs.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { eraseEntity } from '../intake/erase.ts';
import { newEntity } from '../intake/testing/station.ts';
import { masterKeyOf } from './master.ts';
import { SETTLED_MS } from './pending.ts';
import { announceKey, rewrapEntities, rewrapUnder, rotateOrganisation } from './rotate.ts';
import { ORG, type Rotating, rotating, SCOPE, SITE, world } from './testing/rotating.ts';

vi.setConfig({ testTimeout: 60_000 });

let at: Rotating;
beforeEach(async () => {
  at = await rotating();
});
afterEach(() => at?.close());

describe('rotating', () => {
  it('the organisation’s key wraps anew what is under it, and nothing else (ASVS 11.2.2)', async () => {
    const before = await asMigrator(
      at.database,
      async (client) => (await client.query('select wrapped from keys.site')).rows,
    );
    await at.underLoad(async () => {
      for (let n = 0; n < 3; n++) expect(await rotateOrganisation(at.ports, SCOPE)).toBeGreaterThanOrEqual(5);
    });
    const after = await asMigrator(
      at.database,
      async (client) => (await client.query('select wrapped from keys.site')).rows,
    );
    expect(after).not.toEqual(before);
    // Also by a node that still remembers the key of before, and makes a site.
    await at.database.db.inOrgClient({ org: ORG }, (client) =>
      client.query(`insert into kernel.site (org, site, name, created_at) values ($1, 'late', 'Late', 1)`, [ORG]),
    );
    await at.other.createSite(ORG, 'late');
    expect(await at.database.newRing().siteKeys(ORG, 'late')).toHaveLength(1);
  });

  it('the master key moves the organisation’s to another, and back; each needs its own', async () => {
    const next = masterKeyOf(randomBytes(32));
    const both = { current: next, others: [at.database.masters.current] };
    // A node is given the new one before it is used.
    at.other = at.database.newRing(both);
    await at.underLoad(async () => {
      expect(await rewrapUnder({ ...at.ports, masters: both }, SCOPE, next)).toBe(true);
      expect(await rewrapUnder({ ...at.ports, masters: both }, SCOPE, next)).toBe(false);
      await rewrapUnder({ ...at.ports, masters: both }, SCOPE, at.database.masters.current);
    });
    await rewrapUnder({ ...at.ports, masters: both }, SCOPE, next);
    await at.readAll(at.database.newRing(both));
    await at.readAll(at.database.newRing({ current: next, others: [] }));
    await expect(at.database.newRing().siteKeys(ORG, SITE)).rejects.toMatchObject({
      code: 'key.wrong',
      message: expect.stringContaining('QD_MASTER_KEY_OLD'),
    });
  });

  it('a site’s key waits for the workstations that have to hold it, seals what is new, and opens what was', async () => {
    const [first] = await at.database.keys.siteKeys(ORG, SITE);
    await at.underLoad(async () => {
      const id = await announceKey(at.ports, SCOPE, 'site', SITE);
      expect(await announceKey(at.ports, SCOPE, 'site', SITE)).toBe(id);
      expect(at.told).toEqual([SITE, SITE]);
      expect((await at.database.keys.siteKeys(ORG, SITE)).map(({ state }) => state)).toEqual(['active', 'pending']);
      expect((await at.keysNow()).find((key) => key.id === id)).toMatchObject({
        state: 'pending',
        waitingFor: ['a', 'b'],
      });
      expect(await at.hold('a', [first?.id ?? ''])).toEqual({ waits: true, moved: false });
      expect(await at.hold('a', [id])).toEqual({ waits: true, moved: false });
      expect(await at.hold('b', [id])).toEqual({ waits: true, moved: false });
      // Every node of the center has to know it too.
      await at.aged(SETTLED_MS);
      expect((await at.database.keys.siteKeys(ORG, SITE))[0]?.id).toBe(first?.id);
      expect(await at.hold('b', [id])).toEqual({ waits: false, moved: true });
      const now = await at.database.keys.siteKeys(ORG, SITE);
      expect(now.map((key) => [key.id, key.state])).toEqual([
        [id, 'active'],
        [first?.id, 'retired'],
      ]);
      await at.take(newEntity('incident'), await at.stationWith(at.station.privateKey));
    });
    const under = await asMigrator(at.database, async (client) => {
      const { rows } = await client.query<{ under: string }>('select distinct under from keys.entity');
      return rows.map((row) => row.under);
    });
    expect(under).toHaveLength(2);
  });

  it('a site’s key comes into use after three days without a workstation that stays away', async () => {
    const id = await announceKey(at.ports, SCOPE, 'site', SITE);
    await at.aged(72 * 3_600_000 + 1_000);
    await at.hold('a', [id]);
    expect((await at.database.keys.siteKeys(ORG, SITE))[0]?.id).toBe(id);
  });

  it('the key to sign with waits as well; what the one before signed is still the center’s', async () => {
    const first = await at.database.keys.centerKeys(ORG);
    const id = await announceKey(at.ports, SCOPE, 'signing', null);
    const waiting = await at.database.keys.centerKeys(ORG);
    expect(waiting.signer.publicKey).toBe(first.signer.publicKey);
    expect(waiting.publicKeys).toEqual([first.signer.publicKey, id]);
    await at.aged(SETTLED_MS);
    await at.underLoad(async () => {
      await at.hold('a', [id]);
      await at.hold('b', [id]);
      const now = await at.database.keys.centerKeys(ORG);
      expect(now.signer.publicKey).toBe(id);
      expect(now.publicKeys).toEqual([id, first.signer.publicKey]);
    });
  });

  it('keys of entities are wrapped anew under the site’s key of now, a batch at a time', async () => {
    const id = await announceKey(at.ports, SCOPE, 'site', SITE);
    await at.aged(SETTLED_MS);
    await at.hold('a', [id]);
    await at.hold('b', [id]);
    const held = async (): Promise<number> =>
      (await at.keysNow()).reduce((sum, key) => sum + (key.level === 'site' ? (key.holds ?? 0) : 0), 0);
    expect(await held()).toBeGreaterThan(4);
    await at.underLoad(async () => {
      for (let moved = 1; moved > 0; ) moved = await rewrapEntities(at.ports, SCOPE);
    });
    for (let moved = 1; moved > 0; ) moved = await rewrapEntities(at.ports, SCOPE);
    expect(await held()).toBe(0);
    const incident = `incident:${at.document.id}` as const;
    const idsOf = () =>
      asMigrator(at.database, async (client) => {
        const { rows } = await client.query<{ id: string }>('select id from keys.entity where entity = $1', [incident]);
        return rows.map((row) => row.id);
      });
    const before = await idsOf();
    const { signer } = await at.database.keys.centerKeys(ORG);
    await at.log.intake(ORG, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
    expect(before).toHaveLength(1);
    expect(await idsOf()).not.toContain(before[0]);
    // The document about it was under that key.
    const read = await at.database.db.inOrg({ org: ORG }, (trx) =>
      readBlob(trx, at.other, ORG, at.document.id, at.document.digest),
    );
    expect(read).toEqual({ state: 'erased' });
  });
});
