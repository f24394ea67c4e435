import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startCenter } from '../../center.ts';
import { migratedDatabase } from '../../testing/postgres.ts';

it('says that it is not ready, and what it counts itself, while its database hangs', async () => {
  const { migratorUrl, drop } = await migratedDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'qd-hangs-'));
  const there = new URL(migratorUrl);
  let hangs = false;
  const ends = new Set<Socket>();
  const between = createServer((client) => {
    const server = connect(Number(there.port), there.hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      ends.add(from);
      from.on('data', (bytes) => hangs || to.write(bytes));
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  const through = new URL(migratorUrl);
  through.port = String((between.address() as AddressInfo).port);
  const center = await startCenter({ dataDir, host: '127.0.0.1', port: 0, databaseUrl: through.href, log: 'silent' });
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${readFileSync(join(dataDir, 'metrics.token'), 'utf8').trim()}` };
    const answer = await fetch(`${center.url}${path}`, { headers, signal: AbortSignal.timeout(10_000) });
    return { status: answer.status, text: await answer.text() };
  };
  try {
    expect((await ask('/ready')).status).toBe(200);
    hangs = true;
    expect(await ask('/ready')).toMatchObject({ status: 503, text: expect.stringContaining('center.not_ready') });
    expect(await ask('/metrics')).toMatchObject({ status: 200, text: expect.stringContaining('qd_stations_live 0') });
    expect((await ask('/health')).status).toBe(200);
  } finally {
    hangs = false;
    for (const end of ends) end.destroy();
    await center.close();
    between.close();
    await drop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 60_000);
