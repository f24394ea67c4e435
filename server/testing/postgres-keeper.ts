/**
 * Keeps one PostgreSQL for a run of tests: starts it, writes where it is, and takes all of it away when the run's process
 * is gone, however it went. Not durable on purpose: what is tested about durability starts a server of its own.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbedded } from '../kernel/db/embedded.ts';

const [folder = '', owner = ''] = process.argv.slice(2);

function ownerLives(): boolean {
  try {
    process.kill(Number(owner), 0);
    return true;
  } catch {
    return false;
  }
}

function say(answer: { readonly url: string } | { readonly failed: string }): void {
  writeFileSync(join(folder, 'answer.tmp'), JSON.stringify(answer));
  renameSync(join(folder, 'answer.tmp'), join(folder, 'answer.json'));
}

function whenOwnerIsGone(then: () => Promise<void>): void {
  const watch = setInterval(() => {
    if (ownerLives()) return;
    clearInterval(watch);
    void then().finally(() => rmSync(folder, { recursive: true, force: true }));
  }, 300);
}

try {
  const server = await startEmbedded({
    folder: join(folder, 'cluster'),
    password: 'for tests alone',
    settings: ['fsync=off', 'full_page_writes=off', 'max_connections=200', 'shared_buffers=64MB'],
  });
  say({ url: server.url });
  whenOwnerIsGone(server.stop);
} catch (error) {
  say({ failed: error instanceof Error ? error.message : 'unknown' });
  whenOwnerIsGone(() => Promise.resolve());
}
