/**
 * TLS, where the center ends it itself. What listens beyond its machine speaks nothing else, and what it asks beyond its
 * machine is asked over nothing else (ASVS 5.0, V12).
 */
import { readFile } from 'node:fs/promises';
import { createSecureContext, type Server } from 'node:tls';
import type { Logger } from 'pino';
import { CenterFailure } from '../db/failure.ts';

/** Names of PEM files: the certificate with those between it and its authority, and its private key. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** TLS 1.3, and 1.2 with forward secrecy and authenticated encryption alone; the strongest first. */
const OFFERED = {
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
} as const;

export type Tls = typeof OFFERED & { readonly cert: Buffer; readonly key: Buffer };

/** A certificate is renewed before it ends by whoever keeps the files; they are looked at this often. ms */
const RENEWED_MS = 3_600_000;

/** Reads both. Throws CenterFailure `tls.files` where they are not there, or are no certificate and its key. */
export async function openTls({ cert, key }: TlsFiles): Promise<Tls> {
  try {
    const tls = { ...OFFERED, cert: await readFile(cert), key: await readFile(key) };
    createSecureContext(tls);
    return tls;
  } catch (error) {
    throw new CenterFailure(
      'tls.files',
      'The certificate and its key cannot be used; see that --tls-cert and --tls-key name PEM files that belong together and that the center may read.',
      error,
    );
  }
}

/** Has the server show what is in the files by then. Returns how to stop. */
export function keepRenewed(
  server: Pick<Server, 'setSecureContext'>,
  files: TlsFiles,
  logger: Logger,
  everyMs: number = RENEWED_MS,
): () => Promise<void> {
  const timer = setInterval(() => {
    openTls(files).then(
      (tls) => server.setSecureContext(tls),
      () => logger.error('the renewed certificate cannot be used: the one before goes on'),
    );
  }, everyMs);
  timer.unref();
  return async () => clearInterval(timer);
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', '::1', 'localhost']);

/** Whether a host is this machine itself: what goes there is on no wire. */
export function isThisMachine(host: string): boolean {
  return LOOPBACK.has(host);
}

/** Throws CenterFailure `tls.missing` where callers from elsewhere would be answered in clear. */
export function mustNotServeInClear(host: string, files: TlsFiles | undefined): void {
  if (files !== undefined || isThisMachine(host)) return;
  throw new CenterFailure(
    'tls.missing',
    `What listens at ${host} is reached from elsewhere, and would be in clear; give --tls-cert and --tls-key, or serve 127.0.0.1 to a proxy on this machine that ends TLS.`,
  );
}

/** Throws CenterFailure `database.clear` where a connection to PostgreSQL would leave this machine in clear, or to anybody. */
export function mustNotAskInClear(databaseUrl: string): void {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : null;
  // A path is a socket of this machine; without a host it is one too.
  const host = url?.searchParams.get('host') ?? decodeURIComponent(url?.hostname ?? '');
  if (host === '' || host.startsWith('/') || isThisMachine(host)) return;
  if (url?.searchParams.get('sslmode') === 'verify-full') return;
  throw new CenterFailure(
    'database.clear',
    'DATABASE_URL leads to another machine; add sslmode=verify-full (and sslrootcert=FILE for an authority of your own), so that what goes there is encrypted and goes to nobody else.',
  );
}
