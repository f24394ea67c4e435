/** Making, checking and opening the bytes of a fact (domain/kernel/fact.ts says what they are). */
import {
  type Author,
  type Fact,
  type FactDraft,
  type FactHeader,
  FRAME_FORMAT,
  type Frame,
} from '../domain/kernel/fact.ts';
import type { FactId, RandomBytes } from '../domain/kernel/ids.ts';
import type { Json } from '../domain/kernel/json.ts';
import type { LogHead } from '../domain/kernel/log.ts';
import { seal, unseal } from './cipher.ts';
import { bodyMatches, headerHash, sha256 } from './digest.ts';
import type { Signer } from './signing.ts';

const SALT = 16;

export interface FrameContext {
  readonly id: FactId;
  readonly org: string;
  readonly site: string;
  readonly station: string;
  readonly author: Author;
  readonly hlc: string;
  /** Head of the log it is appended to. */
  readonly head: LogHead;
  /** The key its body is sealed under; null only for the kernel's bookkeeping. */
  readonly key: { readonly id: string; readonly bytes: Uint8Array } | null;
}

export interface MadeFrame {
  readonly frame: Frame;
  readonly fact: Fact;
  readonly head: LogHead;
}

/** Builds, seals and signs the next fact of a log. */
export function makeFrame(draft: FactDraft, context: FrameContext, signer: Signer, random: RandomBytes): MadeFrame {
  const salted = Buffer.concat([random(SALT), Buffer.from(JSON.stringify(draft.body), 'utf8')]);
  const header: FactHeader = {
    f: FRAME_FORMAT,
    id: context.id,
    log: context.head.log,
    seq: context.head.seq + 1,
    prev: context.head.hash,
    hlc: context.hlc,
    at: draft.at,
    org: context.org,
    site: context.site,
    station: context.station,
    position: context.author.position,
    session: context.author.session,
    by: context.author.by,
    type: draft.type,
    v: draft.v,
    about: [...draft.about],
    replaces: [...draft.replaces],
    body: sha256(salted),
  };
  const h = JSON.stringify(header);
  const b = context.key ? seal(context.key.bytes, salted, header.id, random) : salted;
  return {
    frame: { h, s: signer.sign(h), k: context.key?.id ?? null, b: b.toString('base64url') },
    fact: { ...header, content: draft.body },
    head: { log: header.log, seq: header.seq, hash: headerHash(h) },
  };
}

/** The body of a frame, or undefined where its key is not held, it was erased, or it is not the body its header names. */
export function openBody(frame: Frame, header: FactHeader, key: Uint8Array | null): Json | undefined {
  return frame.b === null ? undefined : openBodyBytes(Buffer.from(frame.b, 'base64url'), frame.k !== null, header, key);
}

/** The same from the bytes that `b` spells. */
export function openBodyBytes(
  bytes: Uint8Array,
  sealed: boolean,
  header: Pick<FactHeader, 'id' | 'body'>,
  key: Uint8Array | null,
): Json | undefined {
  const salted = sealed ? (key ? unseal(key, bytes, header.id) : null) : Buffer.from(bytes);
  if (!salted || !bodyMatches(header, salted)) return undefined;
  try {
    return JSON.parse(salted.subarray(SALT).toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}
