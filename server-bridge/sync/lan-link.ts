/** One connection to another station: a socket, the channel within it, and the messages within that. */

import type { Socket } from 'node:net';
import { type PeerMessage, PeerMessageSchema } from '../../domain/wire/sync.ts';
import { type ChannelOptions, createChannel, LONGEST_RECORD } from '../../sealing/channel.ts';
import { jsonOf } from '../../sealing/json-bytes.ts';

/** Both sides must be known to each other by then. ms */
const HANDSHAKE = 2_000;
/** Something is said at least this often, and a link of which nothing is heard for so long is dead. ms */
export const BEAT = 400;
const SILENCE = 1_600;
/** So much may wait to go out before what is not pressing waits as well. Bytes. */
const MUCH_WAITING = 4_000_000;
/** More than this waiting to go out means that the other side has stalled. Bytes. */
const MOST_WAITING = 32_000_000;
/** No more is read while so much of what came waits to be taken: a peer sends as fast as the disk here takes it. Bytes. */
const MOST_TAKING = 16_000_000;
/** A turn is taken for each, however small it is: 250 small ones wait, and what others send waits no longer behind them. Bytes. */
const LEAST_TAKING = 64_000;
/** What a peer may say in a second besides facts. Where logs stand comes to a hundredth of it. Bytes. */
const MOST_SAID = 8_000_000;
/** Each is read and looked at, however small it is: four thousand in a second are too many. Bytes. */
const LEAST_SAID = 2_000;

export interface Link {
  /** Who dialed: of two links between the same stations both sides keep the same one. */
  readonly dialer: () => string | null;
  readonly peer: () => string | null;
  readonly send: (message: PeerMessage) => boolean;
  /** Much of what was sent has not gone out yet. */
  readonly isBusy: () => boolean;
  /** Keeps the link alive; ends it where the other side is silent. `late`: this process itself was held up. */
  readonly beat: (late: boolean) => void;
  readonly end: (reason: string) => void;
}

export interface LinkEvents {
  /** The other side is known; false turns it away. */
  readonly onOpen: (link: Link, peer: string) => void;
  /** A promise where it takes time. */
  readonly onMessage: (link: Link, message: PeerMessage) => void | Promise<void>;
  readonly onEnd: (link: Link, reason: string) => void;
}

export function createLink(socket: Socket, options: ChannelOptions, events: LinkEvents, steady: () => number): Link {
  const channel = createChannel(options);
  let peer: string | null = null;
  let ended = false;
  let heardAt = steady();
  let saidAt = steady();
  let taking = 0;
  let second = 0;
  let said = 0;

  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    clearTimeout(deadline);
    socket.destroy();
    events.onEnd(link, reason);
  };
  const deadline = setTimeout(() => end('the handshake took too long'), HANDSHAKE);
  deadline.unref();

  const write = (bytes: Buffer): void => {
    saidAt = steady();
    socket.write(bytes);
  };

  const saysTooMuch = (length: number): boolean => {
    const now = Math.floor(heardAt / 1_000);
    said = now === second ? said + length : length;
    second = now;
    return said > MOST_SAID;
  };

  const hear = (record: Buffer): void => {
    const message = PeerMessageSchema.safeParse(jsonOf(record));
    if (!message.success) {
      end('a message was not one of this protocol');
      return;
    }
    if (message.data.t !== 'frames' && saysTooMuch(Math.max(record.length, LEAST_SAID))) {
      end('it says more than a station has to say');
      return;
    }
    const taken = events.onMessage(link, message.data);
    if (!taken) return;
    const size = Math.max(record.length, LEAST_TAKING);
    taking += size;
    if (taking > MOST_TAKING) socket.pause();
    const done = (): void => {
      taking -= size;
      if (taking <= MOST_TAKING / 2) socket.resume();
    };
    taken.then(done, done);
  };

  const received = (bytes: Buffer): void => {
    if (ended) return;
    heardAt = steady();
    const step = channel.receive(bytes);
    if (!step.ok) {
      end(step.reason);
      return;
    }
    for (const answer of step.send) write(answer);
    if (peer === null && step.peer !== null) {
      peer = step.peer;
      clearTimeout(deadline);
      events.onOpen(link, peer);
    }
    for (const record of step.records) {
      if (record.length > 0 && !ended) hear(record);
    }
  };

  const link: Link = {
    dialer: () => (options.role === 'dial' ? options.station : peer),
    peer: () => peer,
    send: (message) => {
      if (ended || peer === null) return false;
      const record = Buffer.from(JSON.stringify(message), 'utf8');
      if (record.length > LONGEST_RECORD) return false;
      if (socket.writableLength > MOST_WAITING) {
        end('the other side takes nothing');
        return false;
      }
      write(channel.seal(record));
      return true;
    },
    isBusy: () => socket.writableLength > MUCH_WAITING,
    beat: (late) => {
      const now = steady();
      // Whoever is not read cannot be heard.
      if (late || socket.isPaused()) heardAt = now;
      if (peer === null || ended) return;
      if (now - heardAt > SILENCE) end('silence');
      else if (now - saidAt >= BEAT) write(channel.seal(Buffer.alloc(0)));
    },
    end,
  };

  socket.setNoDelay(true);
  socket.on('data', received);
  socket.on('error', () => end('the connection broke'));
  socket.on('close', () => end('the connection was closed'));
  for (const bytes of channel.begin()) write(bytes);
  return link;
}
