/**
 * The names that a center answers to: those that it was given. A page of somebody else's, whose name was pointed at the center
 * (DNS rebinding), or a cache in between that asks under a name of its caller's choice, gets nothing of it.
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Network } from './network.ts';

/** Whether what is asked of a host, as its header names it, is asked of this center. */
export type AnswersTo = (host: string) => boolean;

export interface Given {
  readonly network: Pick<Network, 'publicOrigins'>;
  /** What it listens at. */
  readonly host: string;
  /** Its own certificate of now, PEM; null where a proxy ends TLS, or nobody. */
  readonly certificate: () => Buffer | null;
}

/**
 * Names of `QD_PUBLIC_URL`, of `--host` and of the certificate, at whatever port a proxy has. An address is no name that anybody could
 * point elsewhere, and `localhost` is this machine's. That only this machine reaches it makes no exception: so does every page in a
 * browser of it.
 */
export function answersTo({ network: { publicOrigins }, host, certificate }: Given): AnswersTo {
  const names = new Set(['localhost', host.toLowerCase(), ...publicOrigins.map((origin) => new URL(origin).hostname)]);
  let read: { readonly pem: Buffer; readonly is: X509Certificate } | null = null;
  const shown = (): X509Certificate | null => {
    const pem = certificate();
    if (pem !== null && read?.pem !== pem) read = { pem, is: new X509Certificate(pem) };
    return pem === null ? null : (read?.is ?? null);
  };
  return (asked) => {
    const name = nameIn(asked);
    if (name === null) return false;
    return names.has(name) || isIP(name) !== 0 || shown()?.checkHost(name, { subject: 'never' }) !== undefined;
  };
}

/** `center.example` of `Center.example:8420`, `::1` of `[::1]:8420`; null where it is neither a name nor an address. */
function nameIn(host: string): string | null {
  const [, address, name] = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (address ?? name)?.toLowerCase() ?? null;
}
