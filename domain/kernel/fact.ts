/**
 * The fact and its bytes. Frozen: tests pin the hash of these schemas, for everything that was ever signed rests on them.
 *
 * A fact travels as a frame. The header is the exact JSON text its author signed; it is stored and forwarded as it came
 * and never serialised again. The body is named in the header only by a salted hash, so a body can be erased (its key
 * destroyed) while the chain of headers still verifies.
 */
import { z } from 'zod';
import type { EntityRef, FactId } from './ids.ts';
import type { Json } from './json.ts';

export const FRAME_FORMAT = 1;
/** Largest header and body accepted at any door, in UTF-16 units of their text. */
export const MAX_HEADER = 8_192;
export const MAX_BODY = 98_304;
/** So many entities a fact may be about. */
export const MOST_ABOUT = 16;
/** Last position that a log may have: stores lay the facts of a log side by side within so many. */
export const LAST_SEQ = 2 ** 32 - 1;

const ID = /^[\w.:-]+$/;
const SHA256 = /^[\w-]{43}$/;
const ENTITY_REF = /^[a-z_]+:[\w.-]+$/;
const HLC = /^[0-9a-f]{12}-[0-9a-f]{4}-[\w.-]+$/;
const TYPE = /^[a-z_]+\.[a-z_]+$/;

const Id = z.string().min(1).max(128).regex(ID);
export const LogIdSchema = Id;
const Sha256 = z.string().regex(SHA256);
export const EntityRefSchema = z
  .string()
  .max(160)
  .regex(ENTITY_REF)
  .transform((s) => s as EntityRef);

/** Everything about a fact that is signed in clear. Times in ms UTC; hashes are base64url SHA-256. */
export const FactHeaderSchema = z.strictObject({
  f: z.literal(FRAME_FORMAT),
  id: Id,
  log: LogIdSchema,
  /** 1, 2, 3… without gaps in its log. */
  seq: z.int().min(1).max(LAST_SEQ),
  /** Hash of the header before it in its log; null for seq 1. */
  prev: Sha256.nullable(),
  hlc: z.string().max(96).regex(HLC),
  /** When it happened, by the author's account. */
  at: z.int(),
  org: Id,
  site: Id,
  /** The workstation whose device key signed it, or `center`. */
  station: Id,
  position: Id.nullable(),
  session: Id.nullable(),
  /** The person, or null for what a process noted by itself. */
  by: Id.nullable(),
  type: z.string().min(3).max(64).regex(TYPE),
  v: z.int().min(1).max(999),
  about: z.array(EntityRefSchema).max(MOST_ABOUT),
  replaces: z.array(Id).max(256),
  /** SHA-256 over salt (16 bytes) and the body's UTF-8 JSON. */
  body: Sha256,
});
export type FactHeader = z.infer<typeof FactHeaderSchema>;

/** A fact on the wire and on disk. `s` Ed25519 over the UTF-8 of `h`, base64url. */
export const FrameSchema = z.strictObject({
  h: z.string().min(2).max(MAX_HEADER),
  s: z.string().regex(/^[\w-]{86}$/),
  /** The key its body is sealed under; null for the bodies of the log's own bookkeeping, which are in clear. */
  k: Id.nullable(),
  /** base64url of nonce(12) | AES-256-GCM(salt(16) | JSON) | tag(16), or of salt | JSON where k is null; null once erased. */
  b: z
    .string()
    .max(MAX_BODY * 2)
    .regex(/^[\w-]*$/)
    .nullable(),
});
export type Frame = z.infer<typeof FrameSchema>;

/** Whether its body was lost: a damaged disk leaves a header alone. One that was erased names the key that was destroyed. */
export function isHeaderAlone({ k, b }: Pick<Frame, 'k' | 'b'>): boolean {
  return k === null && b === null;
}

/** A fact whose header verified and whose body was opened; `body` undefined when this station cannot read it. */
export interface Fact extends FactHeader {
  readonly content: Json | undefined;
}

/** What an author decides; log position, time and signature are added when it is appended. */
export interface FactDraft {
  readonly type: string;
  readonly v: number;
  readonly at: number;
  readonly about: readonly EntityRef[];
  readonly replaces: readonly FactId[];
  readonly body: Json;
}

/** Who an appended fact is by. */
export interface Author {
  readonly position: string | null;
  readonly session: string | null;
  readonly by: string | null;
}

/** Where a fact stands, of a header that has been read before. */
export type Place = Pick<FactHeader, 'log' | 'seq' | 'site' | 'station'>;

/** Only the place out of a header's text, for one that has been checked whole where it came in; null where it has none. */
export function readPlace(text: string): Place | null {
  try {
    const { log, seq, site, station } = JSON.parse(text) as Partial<{ readonly [field in keyof Place]: unknown }>;
    return typeof log === 'string' && typeof seq === 'number' && typeof site === 'string' && typeof station === 'string'
      ? { log, seq, site, station }
      : null;
  } catch {
    return null;
  }
}

/** Reads a header's text; null where it is not one by {@link FactHeaderSchema}. Never throws. */
export function readHeader(text: string): FactHeader | null {
  try {
    const read: unknown = JSON.parse(text);
    return isHeader(read) ? read : null;
  } catch {
    return null;
  }
}

const FIELDS = Object.keys(FactHeaderSchema.shape).length;

/**
 * What the schema says, by hand: every fact that comes is read by this, at a third of what the schema takes. A property
 * test holds the two together.
 */
function isHeader(read: unknown): read is FactHeader {
  if (typeof read !== 'object' || read === null) return false;
  const h = read as { readonly [field in keyof FactHeader]?: unknown };
  return (
    h.f === FRAME_FORMAT &&
    isId(h.id) &&
    isId(h.log) &&
    isWhole(h.seq, 1, LAST_SEQ) &&
    (h.prev === null || isText(h.prev, 43, SHA256)) &&
    isText(h.hlc, 96, HLC) &&
    isWhole(h.at) &&
    isId(h.org) &&
    isId(h.site) &&
    isId(h.station) &&
    (h.position === null || isId(h.position)) &&
    (h.session === null || isId(h.session)) &&
    (h.by === null || isId(h.by)) &&
    isText(h.type, 64, TYPE) &&
    isWhole(h.v, 1, 999) &&
    Array.isArray(h.about) &&
    h.about.length <= MOST_ABOUT &&
    h.about.every((ref) => isText(ref, 160, ENTITY_REF)) &&
    Array.isArray(h.replaces) &&
    h.replaces.length <= 256 &&
    h.replaces.every(isId) &&
    isText(h.body, 43, SHA256) &&
    Object.keys(read).length === FIELDS
  );
}

/** No form here takes an empty text. */
function isText(value: unknown, longest: number, form: RegExp): boolean {
  return typeof value === 'string' && value.length <= longest && form.test(value);
}

function isId(value: unknown): boolean {
  return isText(value, 128, ID);
}

function isWhole(value: unknown, least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
}
