/** Under which addresses a center can be opened: what it listens at may be every address of its machine, which is none itself. */
import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { withinAny } from './connections.ts';
import type { Network } from './network.ts';

export interface Heard {
  /** As the operator named it. */
  readonly host: string;
  readonly port: number;
  /** The center's own certificate, PEM; null in clear, which this machine and the closed networks alone are answered in. */
  readonly certificate: Buffer | null;
  readonly network: Pick<Network, 'closedNetworks' | 'publicOrigins'>;
}

const ALL_IPV4 = '0.0.0.0';

/** Origins, the likeliest to be opened first. */
export type Addresses = readonly [string, ...string[]];

/** `addresses`: those that the machine has now. With a certificate, those that it vouches for: nobody takes it under another. */
export function reachedAt({ host, port, certificate, network }: Heard, addresses: readonly string[]): Addresses {
  const [first = host, ...others] = opened({ host, certificate, network }, addresses);
  const origin = (name: string): string =>
    `${certificate === null ? 'http' : 'https'}://${isIPv6(name) ? `[${name}]` : name}:${port}`;
  return [origin(first), ...others.map(origin)];
}

/** Names and addresses; none where nothing is known that is better than what the operator said. */
function opened({ host, certificate, network }: Omit<Heard, 'port'>, addresses: readonly string[]): readonly string[] {
  if (!ipaddr.isValid(host) || ipaddr.process(host).range() !== 'unspecified') return [];
  const own = addresses.filter((address) => isOpened(address) && (host !== ALL_IPV4 || !isIPv6(address)));
  const others = own.filter((address) => !isLoopback(address));
  const all = [...others, ...own.filter(isLoopback)];
  if (certificate === null) return all.filter(withinAny(['loopback', ...network.closedNetworks]));
  const shown = new X509Certificate(certificate);
  const vouchedFor = [
    ...others.filter((address) => shown.checkIP(address) !== undefined),
    ...namesOf(shown, network.publicOrigins),
    ...own.filter((address) => isLoopback(address) && shown.checkIP(address) !== undefined),
  ];
  return vouchedFor.length > 0 ? vouchedFor : all;
}

function isLoopback(address: string): boolean {
  return ipaddr.parse(address).range() === 'loopback';
}

/** One of a link alone is an address only with the name of an interface, which differs from machine to machine. */
function isOpened(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() !== 'linkLocal';
}

/** Names of a certificate, those first that people are told; one for many names none. */
function namesOf(shown: X509Certificate, publicOrigins: readonly string[]): string[] {
  const told = new Set(publicOrigins.map((of) => new URL(of).hostname));
  const names = [...(shown.subjectAltName ?? '').matchAll(/\bDNS:([a-z0-9._-]+)(?=,|$)/gi)].map(
    ([, name = '']) => name,
  );
  const rank = (name: string): number => (told.has(name.toLowerCase()) ? 0 : name === 'localhost' ? 2 : 1);
  return names.toSorted((a, b) => rank(a) - rank(b));
}
