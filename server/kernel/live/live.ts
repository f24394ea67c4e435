/**
 * The live channel: pages of a site's stream to its stations right after they are committed, and who edits what. A
 * transport of positions and frames, no more: what a station misses here it pulls.
 */
import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { StreamItem, StreamPage } from '#domain/kernel/stream.ts';
import { BEAT_MS, type LiveFromCenter, type LiveFromStation } from '#domain/wire/live.ts';
import { LIVE_PATH, MAX_FRAMES, PresenceSchema } from '#domain/wire/sync.ts';
import type { Word } from '../bus/bus.ts';
import type { AuthenticatedDevice, Bearers } from '../http/auth.ts';
import type { Dpop } from '../http/dpop.ts';
import type { Told } from '../identity/notices/told.ts';
import type { Ended } from '../identity/sessions/withdrawal.ts';
import type { Committed } from '../intake/port.ts';

const MOST_PRESENCE_A_SECOND = 20;
/** A channel whose other side is gone without a word ends within these together: it is only counted, so that is soon enough. ms */
const PING_EVERY = 10_000;
const PONG_WITHIN = 5_000;

type StationSocket = Socket<LiveFromStation, LiveFromCenter>;

export interface Live {
  readonly committed: (change: Committed) => void;
  readonly rosterChanged: (org: string, site: string) => void;
  /** Tells the workstation that has a session, where its channel is at this node. */
  readonly sessionEnded: (org: string, ended: Ended) => void;
  /** Tells a workstation whose channel is at this node, or all of them (null), that somebody there was told of their account. */
  readonly told: (at: Told | null) => void;
  /** Passes on what another node told. */
  readonly hear: (word: Word) => Promise<void>;
  /** Closes the channels of a workstation on this node. */
  readonly drop: (org: string, station: string) => void;
  /** Closes those of workstations that may not be here any more. */
  readonly review: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Entrance {
  readonly bearers: Pick<Bearers, 'deviceOf' | 'stands'>;
  readonly dpop: Dpop;
}

interface Options extends Entrance {
  /** Whether somebody at this address may open one more channel. */
  readonly mayOpen: (address: string) => boolean;
  readonly onCount: (stations: number) => void;
  /** Tells the other nodes of the center. */
  readonly tell: (word: Word) => void;
  /** Items of a site's stream, for what other nodes committed. */
  readonly pageOf: (org: string, site: string, after: number, count: number) => Promise<StreamPage>;
}

/** What is being answered may be answered, before what is left is cut. */
const LAST_ANSWERS_MS = 2_000;

export function createLive(http: HttpServer, { bearers, dpop, mayOpen, onCount, tell, pageOf }: Options): Live {
  const io = new Server<LiveFromStation, LiveFromCenter>(http, {
    path: LIVE_PATH,
    serveClient: false,
    transports: ['websocket'],
    allowRequest: ({ socket }, answer) => {
      const may = mayOpen(socket.remoteAddress ?? '');
      answer(may ? null : 'This is opened too often; wait a minute.', may);
    },
    maxHttpBufferSize: 64 * 1024,
    perMessageDeflate: false,
    pingInterval: PING_EVERY,
    pingTimeout: PONG_WITHIN,
    connectTimeout: 5_000,
  });
  io.use((socket, next) => {
    enter(socket, { bearers, dpop }).then(
      (refusal) => next(refusal ?? undefined),
      () => next(refusedWith('away')),
    );
  });
  // Encoded once for a site and answered by nobody: a ping of each channel every second, and its answer, woke every idle
  // station seven times as often (docs/adr/0022).
  const beats = new Map<string, NodeJS.Timeout>();
  const beatIn = (room: string): void => {
    if (beats.has(room)) return;
    const beat = setInterval(() => {
      if (io.sockets.adapter.rooms.has(room)) io.to(room).emit('beat');
      else {
        clearInterval(beat);
        beats.delete(room);
      }
    }, BEAT_MS);
    beats.set(room, beat.unref());
  };
  /** Everybody of a room, who hear thereby that the center is there. */
  const all = (room: string): ReturnType<typeof io.to> => {
    beats.get(room)?.refresh();
    return io.to(room);
  };
  io.on('connection', (socket) => {
    const device = socket.data.device as AuthenticatedDevice;
    const room = roomOf(device.org, device.site);
    void socket.join([room, seatOf(device.org, device.station)]);
    // One that was revoked while it came in was not here yet to be dropped.
    bearers.stands(device).then(
      (stands) => stands || socket.disconnect(true),
      () => socket.disconnect(true),
    );
    beatIn(room);
    onCount(io.sockets.sockets.size);
    socket.on('disconnect', () => onCount(io.sockets.sockets.size));
    relayPresence(socket, device, tell);
  });
  /** Pages as they are read from the log; should one come late, it is pulled. */
  const showRead = async (org: string, site: string, after: number, count: number): Promise<void> => {
    const room = roomOf(org, site);
    for (let done = 0; done < count; done += MAX_FRAMES) {
      all(room).emit('page', await pageOf(org, site, after + done, Math.min(MAX_FRAMES, count - done)));
    }
  };
  return {
    committed: (change) => {
      for (const [site, { items, head }] of change.sites) {
        const room = roomOf(change.org, site);
        const after = (items[0]?.n ?? 1) - 1;
        if (io.sockets.adapter.rooms.has(room)) {
          const pages = pagesOf(change, items, head);
          // Keys of other sites are wrapped anew where they are read.
          if (pages.some(({ keys }) => keys.some((key) => key.site !== site))) {
            showRead(change.org, site, after, items.length).catch(() => undefined);
          } else for (const page of pages) all(room).emit('page', page);
        }
        tell({ t: 'committed', org: change.org, site, after, count: items.length });
      }
    },
    rosterChanged: (org, site) => {
      all(roomOf(org, site)).emit('roster');
      tell({ t: 'roster', org, site });
    },
    sessionEnded: (org, { session, station }) => {
      if (station !== null) io.to(seatOf(org, station)).emit('session.ended', { session });
    },
    told: (at) => (at === null ? io : io.to(seatOf(at.org, at.station))).emit('told'),
    hear: async (word) => {
      const { org } = word;
      const room = roomOf(org, word.site);
      if (!io.sockets.adapter.rooms.has(room)) return;
      if (word.t === 'roster') all(room).emit('roster');
      else if (word.t === 'presence') io.to(room).emit('presence', word.presence);
      else await showRead(org, word.site, word.after, word.count);
    },
    drop: (org, station) => io.local.in(seatOf(org, station)).disconnectSockets(true),
    review: async () => {
      for (const socket of io.sockets.sockets.values()) {
        if ((await bearers.stands(socket.data.device as AuthenticatedDevice)) === false) socket.disconnect(true);
      }
    },
    close: async () => {
      for (const beat of beats.values()) clearInterval(beat);
      io.disconnectSockets(true);
      // A connection over which nothing has been asked yet is none that Node takes for idle; browsers open such ones ahead.
      const cut = setTimeout(() => http.closeAllConnections(), LAST_ANSWERS_MS);
      await io.close().finally(() => clearTimeout(cut));
    },
  };
}

/** Null where the station may come in: by its device token and a proof of its key for this very connection. */
async function enter(socket: StationSocket, { bearers, dpop }: Entrance): Promise<Error | null> {
  const { token, proof } = socket.handshake.auth as { token?: unknown; proof?: unknown };
  if (typeof token !== 'string' || token.length > 4_096) return refusedWith('token');
  const device = await bearers.deviceOf(token);
  if (!device) return refusedWith('token');
  const host = socket.handshake.headers.host ?? '';
  const shown = { proof, method: 'GET', path: LIVE_PATH, host, token, jkt: device.jkt };
  const judged = await dpop.judge(shown);
  if (judged === 'stale') return refusedWith('nonce', dpop.nonce());
  if (judged === 'bad') return refusedWith('proof');
  socket.data.device = device;
  return null;
}

/** `data` reaches the station with the refusal. */
function refusedWith(code: 'token' | 'proof' | 'nonce' | 'away', nonce?: string): Error {
  const error = new Error('Send a device token that is still good, with a proof of its key.');
  return Object.assign(error, { data: { code, ...(nonce === undefined ? {} : { nonce }) } });
}

function roomOf(org: string, site: string): string {
  return JSON.stringify([org, site]);
}

function seatOf(org: string, station: string): string {
  return JSON.stringify([org, 'station', station]);
}

/** Presence is what the station says of itself: its name is the one it signed in with, whatever the message says. */
function relayPresence(socket: StationSocket, device: AuthenticatedDevice, tell: Options['tell']): void {
  let second = 0;
  let count = 0;
  socket.on('presence', (input: unknown) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      count = 0;
    }
    if (++count > MOST_PRESENCE_A_SECOND) return;
    const presence = PresenceSchema.safeParse(input);
    if (!presence.success) {
      socket.emit('refused', { code: 'field.invalid', message: 'This presence cannot be read.' });
      return;
    }
    const { org, site, station } = device;
    const said = { ...presence.data, station };
    socket.to(roomOf(org, site)).emit('presence', said);
    tell({ t: 'presence', org, site, presence: said });
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
