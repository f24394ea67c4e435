/** How many connections whoever is at one address may hold open: each costs memory, whatever is said over it. */
import type { Server } from 'node:http';
import { BlockList, isIPv6, type Socket } from 'node:net';
import { networkOf } from '../limits/network-of.ts';

/** Ten for each of 500 consoles that reach the center by one address. */
const MOST_OF_ONE = 5_000;

const NAMED: { readonly [name: string]: readonly string[] } = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Whether an address is one of these, or within one: addresses, networks (`10.0.0.0/8`), names of the table above. */
export function withinAny(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks.flatMap((name) => NAMED[name] ?? [name])) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/**
 * Whether an address speaks for many: a proxy that the operator named, or this machine itself, where a proxy may be that
 * nobody named.
 */
export function speaksForMany(trustedProxies: readonly string[]): (address: string) => boolean {
  return withinAny(['loopback', ...trustedProxies]);
}

/** Closes what comes beyond `most` connections of one address at once, unread. */
export function boundConnections(
  server: Server,
  isExempt: (address: string) => boolean,
  most: number = MOST_OF_ONE,
): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (isExempt(address)) return;
    const from = networkOf(address);
    const count = (open.get(from) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(from, count);
    socket.once('close', () => {
      const left = (open.get(from) ?? 1) - 1;
      if (left > 0) open.set(from, left);
      else open.delete(from);
    });
  });
}
