/** The stations of a site among themselves: TCP on the LAN, every link authenticated by device keys and encrypted. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { PeerMessage } from '../../domain/wire/sync.ts';
import type { Signer } from '../../sealing/signing.ts';
import { BEAT, createLink, type Link } from './lan-link.ts';
import type { PeersPort } from './ports.ts';

const REDIAL_FIRST = 150;
const REDIAL_MOST = 2_000;
/** Connections that have not said yet who they are, and those of one address. */
const MOST_UNKNOWN = 64;
const MOST_UNKNOWN_OF_ONE = 16;

export interface LanOptions {
  readonly station: string;
  readonly signer: Signer;
  /** Where to listen; null for a station that only dials. Port 0 takes any. */
  readonly listen: { readonly host: string; readonly port: number } | null;
  /** In [0, 1). */
  readonly luck?: () => number;
  readonly steady?: () => number;
  /** Why a link ended or was turned away; nothing about a person is in it. */
  readonly onTrouble?: (reason: string) => void;
}

export interface Lan extends PeersPort {
  /** The port that is listened on, or null. */
  readonly port: number | null;
}

type Events = Parameters<PeersPort['on']>[0];

interface Target {
  readonly key: string;
  readonly address: string;
  tries: number;
  redial: NodeJS.Timeout | null;
  dialing: Link | null;
}

/** Rejects where the address cannot be listened on (in use, not ours). */
export async function openLan(options: LanOptions): Promise<Lan> {
  const steady = options.steady ?? (() => performance.now());
  const luck = options.luck ?? Math.random;
  const targets = new Map<string, Target>();
  const links = new Map<string, Link>();
  /** With the address that each came from; null for one that is dialed. */
  const unknown = new Map<Link, string | null>();
  let events: Events | null = null;
  let closed = false;

  const keyOf = (station: string): string | null => targets.get(station)?.key ?? null;

  const drop = (link: Link): void => {
    const peer = link.peer();
    if (peer === null || links.get(peer) !== link) return;
    links.delete(peer);
    events?.onDown(peer);
  };

  /**
   * One link per pair: a newer one by the same dialer replaces the older (it knows that one to be dead); of two by
   * different dialers both sides keep the one dialed by the station whose id sorts first.
   */
  const opened = (link: Link, peer: string): void => {
    unknown.delete(link);
    const held = links.get(peer);
    const target = targets.get(peer);
    if (!target) {
      link.end('not of the roster');
      return;
    }
    if (held && held.dialer() !== link.dialer() && (held.dialer() ?? '') < (link.dialer() ?? '')) {
      link.end('linked already');
      return;
    }
    if (held) {
      drop(held);
      held.end('replaced by a newer link');
    }
    target.tries = 0;
    links.set(peer, link);
    events?.onUp(peer);
  };

  const ended = (link: Link, reason: string): void => {
    unknown.delete(link);
    drop(link);
    for (const [station, target] of targets) {
      if (target.dialing === link) target.dialing = null;
      if (!links.has(station) && target.dialing === null) redial(station, target);
    }
    if (!closed && reason !== 'linked already' && reason !== 'replaced by a newer link') options.onTrouble?.(reason);
  };

  const attach = (socket: Socket, expect: string | null): Link => {
    const link = createLink(
      socket,
      {
        role: expect === null ? 'answer' : 'dial',
        station: options.station,
        signer: options.signer,
        keyOf,
        ...(expect === null ? {} : { expect }),
      },
      { onOpen: opened, onEnd: ended, onMessage: (from, message) => heard(from, message) },
      steady,
    );
    unknown.set(link, expect === null ? (socket.remoteAddress ?? '') : null);
    return link;
  };
  const heard = (link: Link, message: PeerMessage): void | Promise<void> => {
    const peer = link.peer();
    return peer !== null && links.get(peer) === link ? events?.onMessage(peer, message) : undefined;
  };

  function redial(station: string, target: Target): void {
    if (closed || target.redial || target.address === '') return;
    const wait = Math.min(REDIAL_MOST, REDIAL_FIRST * 2 ** Math.min(target.tries, 8)) * (0.5 + luck() / 2);
    target.tries++;
    target.redial = setTimeout(() => {
      target.redial = null;
      dial(station, target);
    }, wait);
    target.redial.unref();
  }

  function dial(station: string, target: Target): void {
    const at = hostAndPort(target.address);
    if (closed || !at || links.has(station) || target.dialing || targets.get(station) !== target) return;
    target.dialing = attach(connect(at), station);
  }

  const server = options.listen
    ? await listening(options.listen, (socket) => {
        // Those that are dialed from here are as many as the roster has: they keep nobody out.
        const came = [...unknown.values()].filter((address) => address !== null);
        const from = came.filter((address) => address === socket.remoteAddress).length;
        if (closed || came.length >= MOST_UNKNOWN || from >= MOST_UNKNOWN_OF_ONE) socket.destroy();
        else attach(socket, null);
      })
    : null;

  let beatAt = steady();
  const beating = setInterval(() => {
    const now = steady();
    const late = now - beatAt > 2 * BEAT;
    beatAt = now;
    for (const link of [...links.values()]) link.beat(late);
  }, BEAT);
  beating.unref();

  const forget = (station: string, target: Target): void => {
    if (target.redial) clearTimeout(target.redial);
    target.redial = null;
    targets.delete(station);
    target.dialing?.end('not of the roster');
    links.get(station)?.end('not of the roster');
  };

  const address = server?.address();
  return {
    port: address && typeof address === 'object' ? address.port : null,
    reach: (peers) => {
      const named = new Map(
        peers.filter((peer) => peer.station !== options.station).map((peer) => [peer.station, peer]),
      );
      for (const [station, target] of [...targets]) if (named.get(station)?.key !== target.key) forget(station, target);
      for (const [station, { key, address: at }] of named) {
        const held = targets.get(station);
        if (held && held.address === at) continue;
        if (held?.redial) clearTimeout(held.redial);
        const target: Target = { key, address: at, tries: 0, redial: null, dialing: held?.dialing ?? null };
        targets.set(station, target);
        dial(station, target);
      }
    },
    send: (station, message) => links.get(station)?.send(message) ?? false,
    isBusy: (station) => links.get(station)?.isBusy() ?? false,
    on: (listeners) => {
      events = listeners;
      for (const station of links.keys()) listeners.onUp(station);
    },
    close: async () => {
      closed = true;
      clearInterval(beating);
      for (const [station, target] of [...targets]) forget(station, target);
      for (const link of [...unknown.keys()]) link.end('closing');
      if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listening(
  at: { readonly host: string; readonly port: number },
  onSocket: (socket: Socket) => void,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(onSocket);
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve(server);
    });
  });
}

/** `host:port`, also `[::1]:7000`. */
function hostAndPort(address: string): { readonly host: string; readonly port: number } | null {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  return host && port > 0 && port < 65_536 ? { host, port } : null;
}
