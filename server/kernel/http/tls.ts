/**
 * TLS, where the center ends it itself. What listens beyond its machine speaks nothing else, and what it asks beyond its
 * machine is asked over nothing else (ASVS 5.0, V12).
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type Server } from 'node:tls';
import type { Logger } from 'pino';
import { certificatesIn } from '#sealing/certificates.ts';
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

/** What can be shown another certificate while it serves. */
export type TlsServer = Pick<Server, 'setSecureContext'>;

/** A certificate is renewed before it ends by whoever keeps the files; they are looked at this often. ms */
const RENEWED_MS = 60_000;

/**
 * Reads both. `named`: which settings name the files. Throws CenterFailure `tls.files` where they are not there, or are no
 * certificate and its key.
 */
export async function openTls({ cert, key }: TlsFiles, named = '--tls-cert and --tls-key'): Promise<Tls> {
  try {
    const tls = { ...OFFERED, cert: await readFile(cert), key: await readFile(key) };
    createSecureContext(tls);
    return tls;
  } catch (error) {
    throw new CenterFailure(
      'tls.files',
      `The certificate and its key cannot be used; see that ${named} name PEM files that belong together and that the center may read.`,
      error,
    );
  }
}

/**
 * The authority of the operator's own services, as PEM: Redis, Vault and the collector are then taken by its word alone. Throws
 * CenterFailure `tls.authority` where the file has no certificates.
 */
export async function openAuthority(file: string): Promise<string> {
  const found = certificatesIn(await readFile(file, 'utf8').catch(() => ''));
  if (found !== null) return found;
  throw new CenterFailure(
    'tls.authority',
    'QD_AUTHORITY names no file with certificates in PEM that the center may read; it is the certificate of your authority.',
  );
}

const DAY_MS = 86_400_000;
/** Who renews certificates by a program has done it by then. */
const SOON_MS = 14 * DAY_MS;

/**
 * Says each day that the certificate that is shown ends soon, or has ended, and tells `ending` of it. Returns how to look.
 * Nobody else notices before workstations do, at night as likely as not.
 */
function watchEnd(logger: Logger, ending: (soon: boolean) => void): (shown: Tls) => void {
  let spokenOf: number | null = null;
  return ({ cert }) => {
    const until = new X509Certificate(cert).validToDate.getTime();
    const left = until - Date.now();
    ending(left < SOON_MS);
    const days = left < SOON_MS ? Math.floor(left / DAY_MS) : null;
    if (days === spokenOf) return;
    spokenOf = days;
    if (days === null) return;
    const when = { until: new Date(until).toISOString() };
    if (left > 0) logger.warn(when, 'the certificate ends soon: put a renewed one into its files');
    else
      logger.error(
        when,
        'the certificate has ended: no workstation or browser takes it, put a renewed one into its files',
      );
  };
}

/**
 * Has the server `show` what is in the files by then, and says so. `shown`: what it shows now; `ending` is told whether that
 * ends soon or has ended. Returns how to stop.
 */
export function keepRenewed(
  show: (renewed: Tls) => void,
  files: TlsFiles,
  shown: Tls,
  logger: Logger,
  ending: (soon: boolean) => void,
  everyMs: number = RENEWED_MS,
): () => Promise<void> {
  let now = shown;
  const lookAtEnd = watchEnd(logger, ending);
  lookAtEnd(now);
  let unusable = 0;
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      const tls = await openTls(files);
      unusable = 0;
      if (tls.cert.equals(now.cert) && tls.key.equals(now.key)) return;
      show(tls);
      now = tls;
      logger.info('a renewed certificate is shown');
    } catch {
      // Between a new certificate and its key there may be a moment; files that stay wrong are spoken of once.
      unusable += 1;
      if (unusable === 2) logger.error('the renewed certificate cannot be used: the one before goes on');
    } finally {
      lookAtEnd(now);
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return async () => clearInterval(timer);
}
