/** Where the center stands in its network: the addresses it is known by, whose word about callers it takes, who else may ask. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { CenterFailure } from '../db/failure.ts';
import type { Askable } from './outbound.ts';

export interface Network {
  /** Origins (`https://center.example`) under which people and workstations reach it; none where nobody said. */
  readonly publicOrigins: readonly string[];
  /** Addresses and networks whose X-Forwarded-* headers count. */
  readonly trustedProxies: readonly string[];
  /** Other origins whose pages may call the API with a token of their own. */
  readonly corsOrigins: readonly string[];
  /** Networks that nobody else is on, within which the center may speak and be spoken to without TLS. */
  readonly closedNetworks: readonly string[];
  /** Hosts of providers of single sign-on that may be asked beside the well-known ones. */
  readonly ssoHosts: readonly Askable[];
}

/** As the operator sets it: lists are separated by commas. */
export interface NetworkSettings {
  readonly publicUrl?: string | undefined;
  readonly trustedProxies?: string | undefined;
  readonly corsOrigins?: string | undefined;
  readonly closedNetworks?: string | undefined;
  readonly ssoHosts?: string | undefined;
}

const NAMED: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** Throws CenterFailure with one sentence for the operator where something of it cannot be read. */
export function networkOf(settings: NetworkSettings = {}): Network {
  return {
    publicOrigins: listed(settings.publicUrl).map((text) => originOf(text, 'QD_PUBLIC_URL')),
    trustedProxies: listed(settings.trustedProxies).map(proxyOf),
    corsOrigins: listed(settings.corsOrigins).map((text) => originOf(text, 'QD_CORS_ORIGINS')),
    closedNetworks: listed(settings.closedNetworks).map(closedOf),
    ssoHosts: listed(settings.ssoHosts).map(askableOf),
  };
}

function listed(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function originOf(text: string, setting: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url && plain && (url.protocol === 'https:' || url.protocol === 'http:')) return url.origin;
  throw new CenterFailure(
    'network.address',
    `${setting} names addresses as https://center.example or http://10.0.0.5:8420, without a path; ${JSON.stringify(text)} is none.`,
  );
}

function proxyOf(text: string): string {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  const network = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  if (NAMED.has(text) || (version !== 0 && network && more.length === 0)) return text;
  throw new CenterFailure(
    'network.proxy',
    `QD_TRUSTED_PROXIES names addresses (10.0.0.5), networks (10.0.0.0/8) or loopback, linklocal, uniquelocal; ${JSON.stringify(text)} is none.`,
  );
}

/** Where a network can be closed at all (RFC 1918, RFC 4193): everything else is reached from outside. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].map((text) => ipaddr.parseCIDR(text));

function closedOf(text: string): string {
  const network = text.includes('/') && ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : null;
  const isPrivate = PRIVATE.some(
    ([base, bits]) =>
      network !== null && network[0].kind() === base.kind() && network[1] >= bits && network[0].match(base, bits),
  );
  if (isPrivate) return text;
  throw new CenterFailure(
    'network.closed',
    `QD_CLOSED_NETWORKS names networks of your own that nobody else is on, within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or fc00::/7, such as 172.18.0.0/16; ${JSON.stringify(text)} is none.`,
  );
}

/** `id.example`, `*.id.example` or `id.example:8443`. An address is no name: nobody vouches for it by a certificate. */
function askableOf(text: string): Askable {
  const [, host = '', port] = /^((?:\*\.)?(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{0,62})(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host !== '' && host.length < 254 && Number(port ?? 443) < 65_536 && port !== '0')
    return { host, port: Number(port ?? 443), own: true };
  throw new CenterFailure(
    'network.sso',
    `QD_SSO_HOSTS names hosts of your own provider of single sign-on, id.example, *.id.example or id.example:8443; ${JSON.stringify(text)} is none.`,
  );
}

/**
 * Whether a request names the one host it is for, and by its header alone (RFC 9112, 3.2): whoever stands in between could take
 * another of two for it. `rawHeaders` as Node has them, names and values in turn.
 */
export function namesOneHost(url: string, rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts <= 1 && (url.startsWith('/') || url === '*');
}

type Headers = { readonly [name: string]: string | readonly string[] | undefined };

/**
 * Whether a page of the center's own sent this, by what only a browser can say: Sec-Fetch-Site, or where that is not sent
 * (plain http), Origin. Whoever sends neither is no page.
 */
export function isOwnPage(headers: Headers, own: string, { publicOrigins }: Network): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = headers;
  if (typeof origin !== 'string') return false;
  return (publicOrigins.length === 0 ? [own] : publicOrigins).includes(origin);
}

/** Whether a browser says that another site's page had this sent. */
export function isOthersPage(headers: Headers): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
