import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { onConnection } from './connection.ts';
import { startEmbedded } from './embedded.ts';

it('starts on another port where the one that was free is taken before it has it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-embedded-'));
  const held: Socket[] = [];
  // It takes connections, and never says a word.
  const somebody = createServer((connection) => void held.push(connection));
  const free = createServer();
  const portOf = (server: typeof free): Promise<number> =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
  try {
    const [taken, other] = [await portOf(somebody), await portOf(free)];
    await new Promise((done) => free.close(done));
    const tried: number[] = [];
    const server = await startEmbedded({
      folder: join(folder, 'cluster'),
      password: 'for tests alone',
      settings: ['fsync=off'],
      somePort: async () => {
        const port = tried.length === 0 ? taken : other;
        tried.push(port);
        return port;
      },
    });
    try {
      expect(tried).toEqual([taken, other]);
      const ports = await onConnection(server.url, async (client) => (await client.query('show port')).rows);
      expect(ports).toEqual([{ port: String(other) }]);
    } finally {
      await server.stop();
    }
  } finally {
    for (const connection of held) connection.destroy();
    await new Promise((done) => somebody.close(done));
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
