/**
 * An authenticated, encrypted channel between two stations of a site, over any stream of bytes.
 *
 *   dialer → answerer   e1                     its ephemeral X25519 key
 *   dialer ← answerer   e2                     the other's
 *   dialer → answerer   {dialer's id, sig}     sealed under a key from e1·e2
 *   dialer ← answerer   {answerer's id, sig}   likewise, only once the dialer is known to be of the roster
 *   both                records                sealed under keys of their own direction
 *
 * Each signature (Ed25519, the device's key) covers the role, both ephemeral keys and both identities with their keys, so
 * neither side can be made to speak to somebody else than it believes (as in SIGMA and the Noise XX pattern); record keys
 * (HKDF-SHA256) cover the same. A record's nonce is its number in its direction: one that was replayed, left out, changed or put in
 * another order does not open, and the channel is over. Whoever dials and is unknown or revoked learns nothing but one ephemeral
 * key; whoever answers in another's place learns besides which station dialed, and no more.
 */

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { hkdfSha256 } from './derive.ts';
import { jsonOf } from './json-bytes.ts';
import { type Signer, signatureHolds } from './signing.ts';

const MAGIC = Buffer.from('qd.lan.1', 'ascii');
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');
const KEY = 32;
const TAG = 16;
/** A message begins with its length. Bytes. */
const LENGTH = 4;
const NOTHING = Buffer.alloc(0);
/** Longest message before the other is known, and the default once it is. Bytes. */
const LONGEST_HANDSHAKE = 1_024;
export const LONGEST_RECORD = 4_000_000;

export interface ChannelOptions {
  readonly role: 'dial' | 'answer';
  readonly station: string;
  readonly signer: Signer;
  /** The station that is dialed; who answers must be it. */
  readonly expect?: string;
  /** The device key of a station of the roster; null where it is unknown or revoked. */
  readonly keyOf: (station: string) => string | null;
  readonly longest?: number;
}

export type ChannelStep =
  | {
      readonly ok: true;
      readonly send: readonly Buffer[];
      readonly records: readonly Buffer[];
      readonly peer: string | null;
    }
  /** The channel is over; the reason is for a log, never for the other side. */
  | { readonly ok: false; readonly reason: string };

export interface Channel {
  /** What goes out first. */
  readonly begin: () => readonly Buffer[];
  /** Takes bytes as they come; says what to send, what was received, and the peer once it is known. Never throws. */
  readonly receive: (bytes: Buffer) => ChannelStep;
  /** A record for the peer. Only once it is known. */
  readonly seal: (plain: Buffer) => Buffer;
}

class Over extends Error {}

interface Direction {
  readonly key: Buffer;
  count: bigint;
}

function nonceOf(direction: Direction): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(direction.count++, 4);
  return nonce;
}

function sealWith(direction: Direction, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', direction.key, nonceOf(direction));
  return framed(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
}

function openWith(direction: Direction, sealed: Buffer): Buffer {
  if (sealed.length < TAG) throw new Over('a record was too short');
  const decipher = createDecipheriv('aes-256-gcm', direction.key, nonceOf(direction), { authTagLength: TAG });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()]);
  } catch {
    throw new Over('a record was not authentic or not in order');
  }
}

/** Behind its length. */
function framed(body: Buffer): Buffer {
  return Buffer.concat([lengthOf(body), body]);
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32BE(bytes.length);
  return length;
}

function derive(secret: Buffer, transcript: Buffer, info: string): Direction {
  return { key: hkdfSha256(secret, transcript, info, KEY), count: 0n };
}

const digest = (...parts: readonly (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = Buffer.from(part);
    hash.update(lengthOf(bytes)).update(bytes);
  }
  return hash.digest();
};

/** What both sign and both derive their record keys from. */
interface Identities {
  readonly dialer: string;
  readonly dialerKey: string;
  readonly answerer: string;
  readonly answererKey: string;
}

export function createChannel(options: ChannelOptions): Channel {
  const dials = options.role === 'dial';
  const own = generateKeyPairSync('x25519');
  const ownRaw = rawOf(own.publicKey);
  const longest = options.longest ?? LONGEST_RECORD;
  let stage: 'key' | 'identity' | 'open' | 'over' = 'key';
  /** Of the message that is on its way: how much has come, its length first, and room for as much as that says. */
  let come = 0;
  const length = Buffer.alloc(LENGTH);
  let message: Buffer = NOTHING;
  let ephemerals = Buffer.alloc(0);
  let secret = Buffer.alloc(0);
  let hsOut: Direction | null = null;
  let hsIn: Direction | null = null;
  let out: Direction | null = null;
  let into: Direction | null = null;
  let peer: string | null = null;

  const signed = (role: 'dialer' | 'answerer', ids: Identities): string =>
    digest(MAGIC, role, ephemerals, ids.dialer, ids.dialerKey, ids.answerer, ids.answererKey).toString('base64url');

  const introduction = (ids: Identities): Buffer => {
    const sig = options.signer.sign(signed(dials ? 'dialer' : 'answerer', ids));
    return sealWith(hsOut as Direction, Buffer.from(JSON.stringify({ station: options.station, sig }), 'utf8'));
  };

  const begun = (ids: Identities): void => {
    const transcript = digest(MAGIC, 'records', ephemerals, ids.dialer, ids.dialerKey, ids.answerer, ids.answererKey);
    const fromDialer = derive(secret, transcript, 'dialer to answerer');
    const fromAnswerer = derive(secret, transcript, 'answerer to dialer');
    out = dials ? fromDialer : fromAnswerer;
    into = dials ? fromAnswerer : fromDialer;
    stage = 'open';
  };

  const gotKey = (message: Buffer): Buffer[] => {
    if (message.length !== MAGIC.length + KEY || !message.subarray(0, MAGIC.length).equals(MAGIC))
      throw new Over('not this protocol');
    const theirs = message.subarray(MAGIC.length);
    ephemerals = Buffer.concat(dials ? [ownRaw, theirs] : [theirs, ownRaw]);
    secret = agree(own.privateKey, theirs);
    const transcript = digest(MAGIC, 'handshake', ephemerals);
    hsOut = derive(secret, transcript, dials ? 'from dialer' : 'from answerer');
    hsIn = derive(secret, transcript, dials ? 'from answerer' : 'from dialer');
    stage = 'identity';
    if (!dials) return [framed(Buffer.concat([MAGIC, ownRaw]))];
    const answerer = options.expect ?? '';
    const answererKey = options.keyOf(answerer);
    if (answererKey === null) throw new Over('who was dialed is not of the roster');
    return [introduction({ dialer: options.station, dialerKey: options.signer.publicKey, answerer, answererKey })];
  };

  const gotIdentity = (message: Buffer): Buffer[] => {
    const { station, sig } = readIdentity(openWith(hsIn as Direction, message));
    const key = options.keyOf(station);
    if (key === null || station === options.station) throw new Over('not of the roster');
    if (dials && station !== options.expect) throw new Over('somebody else answered');
    const me = { station: options.station, key: options.signer.publicKey };
    const ids: Identities = dials
      ? { dialer: me.station, dialerKey: me.key, answerer: station, answererKey: key }
      : { dialer: station, dialerKey: key, answerer: me.station, answererKey: me.key };
    if (!signatureHolds(key, signed(dials ? 'answerer' : 'dialer', ids), sig)) throw new Over('not who it says it is');
    const send = dials ? [] : [introduction(ids)];
    begun(ids);
    peer = station;
    return send;
  };

  /** Takes bytes from a place on: where it stopped, and the message where it is whole by them. Nothing of `bytes` is kept. */
  const take = (bytes: Buffer, from: number): { readonly to: number; readonly whole: Buffer | null } => {
    let at = from;
    if (come < LENGTH) {
      const copied = bytes.copy(length, come, at);
      come += copied;
      at += copied;
      if (come < LENGTH) return { to: at, whole: null };
      const size = length.readUInt32BE(0);
      if (size > (stage === 'open' ? longest + TAG : LONGEST_HANDSHAKE)) throw new Over('a message was too long');
      message = Buffer.allocUnsafe(size);
    }
    const copied = bytes.copy(message, come - LENGTH, at);
    come += copied;
    if (come < LENGTH + message.length) return { to: at + copied, whole: null };
    come = 0;
    return { to: at + copied, whole: message };
  };

  const receive = (bytes: Buffer): ChannelStep => {
    if (stage === 'over') return { ok: false, reason: 'over' };
    const send: Buffer[] = [];
    const records: Buffer[] = [];
    try {
      for (let at = 0; at < bytes.length; ) {
        const { to, whole } = take(bytes, at);
        at = to;
        if (whole === null) continue;
        if (stage === 'key') send.push(...gotKey(whole));
        else if (stage === 'identity') send.push(...gotIdentity(whole));
        else records.push(openWith(into as Direction, whole));
      }
      return { ok: true, send, records, peer };
    } catch (error) {
      stage = 'over';
      message = NOTHING;
      return { ok: false, reason: error instanceof Over ? error.message : 'malformed' };
    }
  };

  return {
    begin: () => (dials ? [framed(Buffer.concat([MAGIC, ownRaw]))] : []),
    receive,
    seal: (plain) => {
      if (!out) throw new Error('The channel is not open.');
      return sealWith(out, plain);
    },
  };
}

function rawOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(X25519_SPKI.length);
}

/** Refuses keys that give no secret (RFC 7748 §6.1): node answers an all-zero result with an error. */
function agree(privateKey: KeyObject, theirs: Buffer): Buffer<ArrayBuffer> {
  const publicKey = createPublicKey({ key: Buffer.concat([X25519_SPKI, theirs]), format: 'der', type: 'spki' });
  return Buffer.from(diffieHellman({ privateKey, publicKey }));
}

function readIdentity(plain: Buffer): { readonly station: string; readonly sig: string } {
  const { station, sig } = (jsonOf(plain) ?? {}) as { readonly station?: unknown; readonly sig?: unknown };
  if (typeof station !== 'string' || typeof sig !== 'string') throw new Over('malformed');
  return { station, sig };
}
