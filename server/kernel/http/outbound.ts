/**
 * Asking addresses that came as data: an organisation's provider of single sign-on, and where that provider's own document
 * sends on to. Only hosts of a list are asked, over https, at the port that the list says, under the addresses that such a
 * host may have; nothing is followed elsewhere (ASVS 5.0, 1.3.6 and 13.2.4).
 */
import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, request } from 'undici';

/** A host that may be asked. */
export interface Askable {
  /** `login.example`, or `*.login.example` for whatever is below it. */
  readonly host: string;
  readonly port: number;
  /** Named by the operator: it may be in a private network. */
  readonly own: boolean;
}

/** What the well-known providers answer at, they and their keys; whatever else is used is named by the operator (QD_SSO_HOSTS). */
export const WELL_KNOWN: readonly Askable[] = [
  'accounts.google.com',
  'oauth2.googleapis.com',
  'openidconnect.googleapis.com',
  'www.googleapis.com',
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'graph.microsoft.com',
  'graph.microsoft.us',
  '*.okta.com',
  '*.okta-gov.com',
  '*.okta-emea.com',
  '*.oktapreview.com',
  '*.auth0.com',
  '*.onelogin.com',
  'auth.pingone.com',
  'auth.pingone.ca',
  'auth.pingone.eu',
  '*.duosecurity.com',
  'secure.login.gov',
].map((host) => ({ host, port: 443, own: false }));

const TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 1_048_576;

/** An address that is not asked. */
export class NotAskable extends Error {
  readonly host: string;
  constructor(host: string, why: string) {
    super(why);
    this.name = 'NotAskable';
    this.host = host;
  }
}

export interface Outbound {
  /** Whether an address is on the list. Under which addresses its host is known shows when it is asked. */
  readonly may: (url: URL) => boolean;
  /** Rejects with NotAskable before anything is sent, and with what went wrong after. An answer of 3xx is an answer. */
  readonly ask: (url: string, options: OutboundOptions) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export interface OutboundOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/** What a host that the operator named may be at, beside addresses of the internet. Never this machine, nor a link's own. */
const OF_AN_OWN_NETWORK: ReadonlySet<string> = new Set(['private', 'uniqueLocal']);

/**
 * `loopback`: this machine may be asked, without https too; for the demo and tests. `resolve`: the system's look-up of names.
 */
export function outboundTo(list: readonly Askable[], loopback: boolean, resolve: typeof lookup = lookup): Outbound {
  const entryOf = (host: string, port: number): Askable | undefined =>
    list.find(
      (of) => of.port === port && (of.host.startsWith('*.') ? host.endsWith(of.host.slice(1)) : of.host === host),
    );
  const isOwnMachine = ({ hostname }: URL): boolean => loopback && LOOPBACK.has(hostname);
  const may = (url: URL): boolean => {
    if (url.username !== '' || url.password !== '') return false;
    if (isOwnMachine(url)) return url.protocol === 'http:' || url.protocol === 'https:';
    return url.protocol === 'https:' && entryOf(url.hostname, portOf(url)) !== undefined;
  };
  /** Names are looked up as the connection is made: what was another address a moment before counts for nothing. */
  const lookupFor =
    (own: boolean): LookupFunction =>
    (host, options, done) => {
      const all: { readonly all: true } = { all: true };
      resolve(host, { ...options, ...all }, (error, addresses) => {
        if (error) return done(error, '', 0);
        const bad = addresses.length === 0 || addresses.some(({ address }) => !isAskableAt(address, own));
        if (bad) return done(new NotAskable(host, 'a host of the list at an address that none of it has'), '', 0);
        if (options.all === true) return done(null, addresses as LookupAddress[]);
        const [first] = addresses;
        return done(null, first?.address ?? '', first?.family ?? 0);
      });
    };
  const agentFor = (own: boolean): Agent => new Agent({ connect: { timeout: TIMEOUT_MS, lookup: lookupFor(own) } });
  const agents = { public: agentFor(false), own: agentFor(true), loopback: new Agent() };

  return {
    may,
    ask: async (address, { method, headers, body, signal }) => {
      const url = new URL(address);
      if (!may(url)) throw new NotAskable(url.hostname, 'an address that is not on the list');
      const entry = isOwnMachine(url) ? null : entryOf(url.hostname, portOf(url));
      const answer = await request(url, {
        method: method as 'GET',
        headers: { ...headers },
        body: body === undefined || body === null ? null : String(body),
        dispatcher: entry === null ? agents.loopback : entry?.own === true ? agents.own : agents.public,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        ...(signal === undefined ? {} : { signal }),
      });
      const parts: Buffer[] = [];
      let size = 0;
      for await (const part of answer.body) {
        size += (part as Buffer).length;
        if (size > LARGEST_ANSWER) throw new Error('an answer that is too large');
        parts.push(part as Buffer);
      }
      const said = new Headers();
      for (const [name, value] of Object.entries(answer.headers))
        for (const one of [value ?? []].flat()) said.append(name, one);
      const none = answer.statusCode === 204 || answer.statusCode === 304;
      return new Response(none ? null : Buffer.concat(parts), { status: answer.statusCode, headers: said });
    },
    close: async () => {
      await Promise.all(Object.values(agents).map((agent) => agent.destroy()));
    },
  };
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

function isAskableAt(address: string, own: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const range = ipaddr.process(address).range();
  return range === 'unicast' || (own && OF_AN_OWN_NETWORK.has(range));
}
