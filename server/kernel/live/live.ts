/**
 * The live channel: pages of a site's stream to its stations right after they are committed, and who edits what. A
 * transport of positions and frames, no more: what a station misses here it pulls.
 */
import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { StreamItem, StreamPage } from '#domain/kernel/stream.ts';
import { MAX_FRAMES, PresenceSchema } from '#domain/wire/sync.ts';
import type { AuthenticatedDevice, Bearers } from '../http/auth.ts';
import type { Ended } from '../identity/withdrawal.ts';
import type { Committed } from '../intake/port.ts';

const MOST_PRESENCE_A_SECOND = 20;

export interface Live {
  readonly committed: (change: Committed) => void;
  readonly rosterChanged: (org: string, site: string) => void;
  readonly sessionsEnded: (org: string, sessions: readonly Ended[]) => void;
  readonly close: () => Promise<void>;
}

interface Options {
  readonly bearers: Pick<Bearers, 'deviceOf'>;
  readonly onCount: (stations: number) => void;
}

export function createLive(http: HttpServer, { bearers, onCount }: Options): Live {
  const io = new Server(http, {
    path: '/v1/live',
    serveClient: false,
    transports: ['websocket', 'polling'],
    maxHttpBufferSize: 64 * 1024,
    perMessageDeflate: false,
    pingInterval: 1_000,
    pingTimeout: 5_000,
    connectTimeout: 5_000,
  });
  io.use((socket, next) => {
    const token = (socket.handshake.auth as { token?: unknown }).token;
    const refuse = (): void => next(new Error('Send a device token that is still good.'));
    if (typeof token !== 'string' || token.length > 4_096) return refuse();
    bearers.deviceOf(token).then((device) => {
      if (!device) return refuse();
      socket.data.device = device;
      next();
    }, refuse);
  });
  io.on('connection', (socket) => {
    const device = socket.data.device as AuthenticatedDevice;
    void socket.join([roomOf(device.org, device.site), seatOf(device.org, device.station)]);
    onCount(io.engine.clientsCount);
    socket.on('disconnect', () => onCount(io.engine.clientsCount));
    relayPresence(socket, device);
  });
  return {
    committed: (change) => {
      for (const [site, { items, head }] of change.sites) {
        for (const page of pagesOf(change, items, head)) io.to(roomOf(change.org, site)).emit('page', page);
      }
    },
    rosterChanged: (org, site) => {
      io.to(roomOf(org, site)).emit('roster');
    },
    sessionsEnded: (org, sessions) => {
      for (const { session, station } of sessions) {
        if (station !== null) io.to(seatOf(org, station)).emit('session.ended', { session });
      }
    },
    close: async () => {
      io.disconnectSockets(true);
      await io.close();
    },
  };
}

function roomOf(org: string, site: string): string {
  return JSON.stringify([org, site]);
}

function seatOf(org: string, station: string): string {
  return JSON.stringify([org, 'station', station]);
}

/** Presence is what the station says of itself: its name is the one it signed in with, whatever the message says. */
function relayPresence(socket: Socket, device: AuthenticatedDevice): void {
  let second = 0;
  let said = 0;
  socket.on('presence', (input: unknown) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      said = 0;
    }
    if (++said > MOST_PRESENCE_A_SECOND) return;
    const presence = PresenceSchema.safeParse(input);
    if (!presence.success) {
      socket.emit('refused', { code: 'field.invalid', message: 'This presence cannot be read.' });
      return;
    }
    socket.to(roomOf(device.org, device.site)).emit('presence', { ...presence.data, station: device.station });
  });
}

function pagesOf(change: Committed, items: readonly StreamItem[], head: number): StreamPage[] {
  const keys = new Map(change.keys.map((key) => [key.id, key]));
  const pages: StreamPage[] = [];
  for (let i = 0; i < items.length; i += MAX_FRAMES) {
    const part = items.slice(i, i + MAX_FRAMES);
    const named = new Set(part.flatMap((item) => ('frame' in item && item.frame.k !== null ? [item.frame.k] : [])));
    pages.push({
      epoch: change.epoch,
      from: (part[0]?.n ?? 1) - 1,
      items: part,
      keys: [...named].flatMap((id) => keys.get(id) ?? []),
      head,
    });
  }
  return pages;
}
