/**
 * A station by itself, without a center: the shipped store in an encrypted file, the board, the bridge and the loopback
 * host, as a process that the action bench forks. Messages: `{insert: n}` answers with the milliseconds of n durable
 * inserts of one fact's rows into the same table, one upon the other or `apartMs` after each other.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { effectsOf } from '../domain/modules.ts';
import { systemRandom } from '../sealing/random.ts';
import { newSigningKey } from '../sealing/signing.ts';
import { createDispatch } from '../server-bridge/dispatch/dispatch.ts';
import { IDENTITY, me, ROSTER } from '../server-bridge/dispatch/testing/desk.ts';
import { startHost } from '../server-bridge/host/host.ts';
import { createTokens } from '../server-bridge/host/tokens.ts';
import { loadQuickSigning } from '../server-bridge/quick-signing.ts';
import { fixedSessions } from '../server-bridge/session/fixed.ts';
import { openDatabase, TUNING } from '../server-bridge/store/database.ts';
import { openStore } from '../server-bridge/store/open.ts';
import { systemTimers } from '../server-bridge/sync/system-timers.ts';

const folder = process.argv[2] ?? '';
await loadQuickSigning();
const random = systemRandom();
const key = randomBytes(32);
const opened = openStore(join(folder, 'station.db'), {
  key,
  deviceKey: newSigningKey(),
  identity: IDENTITY,
  siteKeys: [{ id: 'sk1', key: randomBytes(32).toString('base64url') }],
  effectsOf,
  clock: Date.now,
  random,
});
if (!opened.ok) throw new Error(opened.message);
const { store } = opened;
store.beginEpoch('bench');
const items = ROSTER.map((record, i) => ({ n: i + 1, record }));
store.applyPage({ epoch: 'bench', from: 0, items, keys: [], head: items.length });
const dispatch = createDispatch({
  store,
  clock: Date.now,
  random,
  timers: systemTimers,
  sessions: fixedSessions(me()),
});
const tokens = createTokens(store, random);
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
