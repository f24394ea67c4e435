/**
 * What the audit costs: rows a second that its trigger appends, through the center's own connections and policies, durable
 * and with every index that searching needs, while the sealer chains them.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import { openCheckpoints } from '../server/kernel/audit/checkpoints.ts';
import { startSealer } from '../server/kernel/audit/sealer.ts';
import { pgKeyRing } from '../server/kernel/keys/pg-ring.ts';
import { openStorage } from '../server/kernel/storage.ts';
import type { Measure } from './figures.ts';
import { percentile } from './figures.ts';
import { inScratch } from './scratch.ts';

const ORG = 'bench';
/** Rows of one statement, as a batch of facts moves them, and transactions at once. */
const BATCH = 500;
const CLIENTS = 4;
const WARM_UP = 10_000;
const ROWS = 100_000;

export const measureAudit: Measure = (say) =>
  inScratch(async (folder) => {
    const { db, masters, secret, close } = await openStorage(join(folder, 'center'), undefined);
    const world = { clock: Date.now, random: (length: number): Uint8Array => randomBytes(length) };
    const keys = pgKeyRing(db, masters, { ...world, secret });
    const scope = { org: ORG, actor: 'ann', session: 's', request: 'r', device: 'w' };
    await db.inOrgClient(scope, (client) =>
      client.query('insert into kernel.organisation (org, name, created_at) values ($1, $1, 1)', [ORG]),
    );
    await keys.createOrganisation(ORG);
    let sealed = 0;
    const sealer = startSealer({
      db,
      keys,
      memory: new Map(),
      checkpoints: await openCheckpoints(join(folder, 'checkpoints'), Date.now),
      logger: pino({ level: 'silent' }),
      onSealed: (entries) => {
        sealed += entries;
      },
    });
    let made = 0;
    const batch = (): Promise<unknown> => {
      const first = made;
      made += BATCH;
      return db.inOrgClient(scope, (client) =>
        client.query(
          `insert into cad.unit (org, id, site, status_code, status, body, updated_at)
           select $1, 'u' || n, 'site', 'AV', 'available', '{"values":{},"conflicts":[],"facts":3}', $2
           from generate_series($3::int, $3::int + $4::int - 1) n`,
          [ORG, Date.now(), first, BATCH],
        ),
      );
    };
    const times: number[] = [];
    const run = async (rows: number): Promise<number> => {
      const until = made + rows;
      const began = performance.now();
      await Promise.all(
        Array.from({ length: CLIENTS }, async () => {
          while (made < until) {
            const at = performance.now();
            await batch();
            times.push(performance.now() - at);
          }
        }),
      );
      return (rows / (performance.now() - began)) * 1_000;
    };
    try {
      await run(WARM_UP);
      times.length = 0;
      say(`${ROWS} rows, each with its entry in the audit, while they are sealed`);
      const value = await run(ROWS);
      return [
        {
          figure: 'trust.audit_rows',
          value,
          with: {
            rows: ROWS,
            batch: BATCH,
            clients: CLIENTS,
            batchP99Ms: percentile(times, 0.99),
            sealedMeanwhile: sealed,
          },
        },
      ];
    } finally {
      await sealer.stop();
      await close();
    }
  });
