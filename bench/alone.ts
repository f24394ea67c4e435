/**
 * A station by itself, without a center: the shipped store in an encrypted file, the board, the bridge and the loopback
 * host, as a process that the action bench forks. Messages: `{insert: n}` answers with the milliseconds of n durable
 * inserts of one fact's rows into the same table, one upon the other or `apartMs` after each other.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemRandom } from '../sealing/random.ts';
import { IDENTITY } from '../server-bridge/dispatch/testing/desk.ts';
import { startHost } from '../server-bridge/host/host.ts';
import { createTokens } from '../server-bridge/host/tokens.ts';
import { loadQuickSigning } from '../server-bridge/quick-signing.ts';
import { openDatabase, TUNING } from '../server-bridge/store/file/database.ts';
import { openBenchDesk } from './desk.ts';

const folder = process.argv[2] ?? '';
await loadQuickSigning();
const key = randomBytes(32);
const { store, dispatch } = openBenchDesk(join(folder, 'station.db'), key);
const tokens = createTokens(store, systemRandom());
const host = await startHost({
  port: 0,
  folder,
  served: {
    dispatch,
    station: IDENTITY.station,
    build: 'bench',
    admit: tokens.admit,
    fault: (where, error) => {
      throw new Error(`${where}: ${String(error)}`);
    },
  },
});

// The same table, in the same format and with the same pragmas, beside the station's file that its writer holds alone.
const beside = openDatabase({ path: join(folder, 'insert.db'), key, tuning: TUNING });
beside.exec('CREATE TABLE fact(pos INTEGER PRIMARY KEY, h TEXT NOT NULL, s NOT NULL, k INTEGER, b)');
const insert = beside.prepare('INSERT INTO fact(pos, h, s, k, b) VALUES(?, ?, ?, ?, ?)');
const header = 'h'.repeat(700);
const signature = randomBytes(64);
const body = randomBytes(160);
let pos = 1;

function timed(): number {
  const started = performance.now();
  insert.run(pos++, header, signature, 1, body);
  return performance.now() - started;
}

process.on('message', async ({ insert: count, apartMs }: { readonly insert: number; readonly apartMs?: number }) => {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    if (apartMs !== undefined) await new Promise((resolve) => setTimeout(resolve, apartMs));
    times.push(timed());
  }
  process.send?.({ inserted: times });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: `${host.url}#${tokens.issue('bench')}` });
