/** What leaves the machine goes over TLS: a center that ends it itself, and the addresses that it takes for others. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestOptions, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import pino from 'pino';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Center, startCenter } from '../../center.ts';
import { emptyDatabase } from '../../testing/postgres.ts';
import { certificate } from './testing/certificate.ts';
import { keepRenewed, openTls, type TlsFiles } from './tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-tls-'));
let files: TlsFiles;
let ca = '';
let center: Center;
let database: Awaited<ReturnType<typeof emptyDatabase>>;

beforeAll(async () => {
  files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  ca = await certificate('center', files);
  database = await emptyDatabase();
  center = await startCenter({
    dataDir: join(folder, 'data'),
    port: 0,
    host: '127.0.0.1',
    databaseUrl: database.migratorUrl,
    log: 'silent',
    tls: files,
  });
});
afterAll(async () => {
  await center.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const port = (): number => Number(new URL(center.url).port);

/** Shakes hands and says with what; the error's code where there was no shaking. */
function handshake(more: ConnectionOptions, at = port()): Promise<string> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port: at, ca, ...more }, () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

function ask(path: string, more: RequestOptions = {}): Promise<{ status: number; hsts: unknown }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${center.url}${path}`, { ca, ...more }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, hsts: answer.headers['strict-transport-security'] });
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('a center with a certificate', () => {
  it('prefers TLS 1.3, takes 1.2, and nothing older (ASVS 12.1.1)', async () => {
    expect(center.url).toMatch(/^https:/);
    expect(await handshake({})).toMatch(/^TLSv1\.3 TLS_AES_256_GCM_SHA384$/);
    expect(await handshake({ maxVersion: 'TLSv1.2' })).toMatch(/^TLSv1\.2 /);
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
    expect(await handshake(old)).toMatch(/^ERR_SSL_|ALERT|EPROTO|ECONNRESET/);
  });

  it('has forward secrecy and authenticated encryption whatever it is asked for, the strongest first (ASVS 12.1.2)', async () => {
    const v12 = (ciphers: string) => handshake({ maxVersion: 'TLSv1.2', ciphers });
    expect(await v12('ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384')).toBe(
      'TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384',
    );
    for (const weak of [
      'ECDHE-ECDSA-AES256-SHA',
      'ECDHE-ECDSA-AES128-SHA256',
      'AES256-GCM-SHA384',
      'ECDHE-ECDSA-AES256-CCM8:@SECLEVEL=0',
      'AES128-SHA:@SECLEVEL=0',
    ]) {
      expect([weak, await v12(weak)]).toEqual([weak, expect.stringMatching(/^ERR_SSL_|ALERT|EPROTO|ECONNRESET/)]);
    }
  });

  it('answers nobody in clear, on the live channel neither, and has browsers ask over TLS alone (ASVS 12.2.1)', async () => {
    expect(await ask('/health')).toEqual({ status: 200, hsts: expect.stringContaining('max-age=31536000') });
    await expect(ask('/health', { ca: [] })).rejects.toMatchObject({ code: expect.stringMatching(/SELF_SIGNED/) });
    const said = await new Promise<string>((resolve) => {
      let all = '';
      const socket = connectPlain(port(), '127.0.0.1', () => socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n'));
      socket.on('data', (bytes) => {
        all += bytes.toString('latin1');
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(all));
    });
    expect(said).not.toContain('HTTP/1.1 200');
    const live = (url: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = io(url, { path: '/v1/live', transports: ['websocket'], reconnection: false, ca });
        const end = (what: string): void => {
          socket.close();
          resolve(what);
        };
        socket.on('connect', () => end('in'));
        socket.on('connect_error', (error) => end((error as { data?: { code?: string } }).data?.code ?? 'no channel'));
      });
    // Over TLS it is heard and asked who it is; in clear there is nobody.
    expect(await live(center.url)).not.toBe('no channel');
    expect(await live(center.url.replace('https:', 'http:'))).toBe('no channel');
  });

  it('shows a renewed certificate without being started anew, and goes on with the old where the new is none', async () => {
    const own = { cert: join(folder, 'own.pem'), key: join(folder, 'own-key.pem') };
    const first = await certificate('first', own);
    const shown = await openTls(own);
    const server = createServer(shown);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const at = address !== null && typeof address === 'object' ? address.port : 0;
    const said: string[] = [];
    const log = pino({}, { write: (line) => void said.push(JSON.parse(line).msg) });
    const stop = keepRenewed(
      (renewed) => server.setSecureContext(renewed),
      own,
      shown,
      log,
      () => undefined,
      20,
    );
    try {
      expect(await handshake({ ca: first }, at)).toMatch(/^TLS/);
      const second = await certificate('second', own);
      const until = Date.now() + 20_000;
      while (!(await handshake({ ca: second }, at)).startsWith('TLS') && Date.now() < until) await delay(50);
      expect(await handshake({ ca: second }, at)).toMatch(/^TLS/);
      writeFileSync(own.cert, 'nothing of the kind');
      while (said.length < 2 && Date.now() < until) await delay(50);
      await delay(100);
      expect(await handshake({ ca: second }, at)).toMatch(/^TLS/);
      // Files that stay as they are, and stay wrong, are spoken of once.
      expect(said).toEqual([
        'a renewed certificate is shown',
        'the renewed certificate cannot be used: the one before goes on',
      ]);
    } finally {
      await stop();
      server.close();
    }
  });

  it('says that the certificate it shows ends soon or has ended, and no more once another is shown', async () => {
    const own = { cert: join(folder, 'ending.pem'), key: join(folder, 'ending-key.pem') };
    const said: string[] = [];
    const log = pino({}, { write: (line) => void said.push(JSON.parse(line).msg) });
    const soon: boolean[] = [];
    const heard = async (): Promise<boolean> => {
      const before = soon.length;
      while (soon.length < before + 2) await delay(20);
      return soon.at(-1) ?? false;
    };
    await certificate('soon', own, 'id.example', 3);
    const stop = keepRenewed(
      () => undefined,
      own,
      await openTls(own),
      log,
      (ends) => void soon.push(ends),
      20,
    );
    try {
      expect(await heard()).toBe(true);
      await certificate('over', own, 'id.example', -1);
      while (said.length < 3) await delay(20);
      expect(await heard()).toBe(true);
      await certificate('renewed', own);
      while (said.length < 4) await delay(20);
      expect(await heard()).toBe(false);
      expect(said).toEqual([
        'the certificate ends soon: put a renewed one into its files',
        'a renewed certificate is shown',
        'the certificate has ended: no workstation or browser takes it, put a renewed one into its files',
        'a renewed certificate is shown',
      ]);
    } finally {
      await stop();
    }
  });

  it('is not started with what is none, or another’s key', async () => {
    const other = { cert: join(folder, 'other.pem'), key: join(folder, 'other-key.pem') };
    await certificate('other', other);
    for (const wrong of [
      { ...files, key: other.key },
      { ...files, cert: join(folder, 'none.pem') },
      { cert: files.key, key: files.key },
    ])
      await expect(openTls(wrong)).rejects.toMatchObject({ code: 'tls.files' });
  });
});
