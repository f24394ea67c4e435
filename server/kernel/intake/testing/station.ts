/** A workstation as tests need one: it signs, seals and chains frames as a real one does, and keeps nothing. */
import { randomBytes } from 'node:crypto';
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { Fact, FactDraft, Frame } from '#domain/kernel/fact.ts';
import { type HlcState, hlcFormat, hlcTick } from '#domain/kernel/hlc.ts';
import { type EntityRef, type RandomBytes, uuidV7 } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { LogHead } from '#domain/kernel/log.ts';
import { sealedUnder } from '#domain/sealed-under.ts';
import type { PushIn } from '#domain/wire/sync.ts';
import { KEY_BYTES, wrapKey } from '#sealing/cipher.ts';
import { makeFrame } from '#sealing/frame.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';

const systemRandom = (length: number): Uint8Array => randomBytes(length);
export const random = systemRandom;

export interface SiteOfStation {
  readonly org: string;
  readonly site: string;
  readonly siteKey: { readonly id: string; readonly bytes: Uint8Array };
}

export interface TestStation {
  readonly station: string;
  readonly site: SiteOfStation;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly log: () => LogHead;
  /** Goes back to an earlier head, as no real station can. */
  readonly rewind: (to: LogHead) => void;
  /** Begins a new log, as a restart does. */
  readonly reopen: () => void;
  readonly append: (draft: Partial<FactDraft> & Pick<FactDraft, 'type' | 'about' | 'body'>) => Made;
}

export interface Made {
  readonly frame: Frame;
  readonly fact: Fact;
  readonly keys: readonly KeyEnvelope[];
}

export interface StationOptions {
  readonly session?: string;
  readonly by?: string;
  readonly now?: () => number;
  readonly privateKey?: string;
  readonly random?: RandomBytes;
}

export function testStation(station: string, site: SiteOfStation, options: StationOptions = {}): TestStation {
  const privateKey = options.privateKey ?? newSigningKey();
  const signer = signerOf(privateKey);
  const now = options.now ?? Date.now;
  const random = options.random ?? systemRandom;
  const keys = new Map<EntityRef, { bytes: Uint8Array; envelope: KeyEnvelope }>();
  const newLog = (): LogHead => ({ log: uuidV7(now(), random), seq: 0, hash: null });
  let head = newLog();
  let clock: HlcState = { ms: 0, count: 0 };

  const keyOf = (ref: EntityRef): { bytes: Uint8Array; envelope: KeyEnvelope } => {
    const known = keys.get(ref);
    if (known) return known;
    const bytes = random(KEY_BYTES);
    const about = { id: uuidV7(now(), random), entity: ref, org: site.org, site: site.site, under: site.siteKey.id };
    const made = { bytes, envelope: wrapKey(site.siteKey.bytes, bytes, about, random) };
    keys.set(ref, made);
    return made;
  };

  return {
    station,
    site,
    publicKey: signer.publicKey,
    privateKey,
    log: () => head,
    rewind: (to) => {
      head = to;
    },
    reopen: () => {
      head = newLog();
    },
    append: (draft) => {
      clock = hlcTick(clock, now());
      const id = uuidV7(now(), random);
      const written = { v: 1, at: now(), replaces: [], ...draft, body: draft.body as Json };
      const keeper = sealedUnder(written, id);
      const key = keeper && keyOf(keeper);
      const made = makeFrame(
        written,
        {
          id,
          org: site.org,
          site: site.site,
          station,
          author: { position: 'P1', session: options.session ?? null, by: options.by ?? null },
          hlc: hlcFormat(clock, station),
          head,
          key: key ? { id: key.envelope.id, bytes: key.bytes } : null,
        },
        signer,
        random,
      );
      head = made.head;
      return { frame: made.frame, fact: made.fact, keys: key ? [key.envelope] : [] };
    },
  };
}

/** A push of these facts. */
export function pushOf(...made: readonly Made[]): PushIn {
  return {
    frames: made.map((one) => one.frame),
    keys: [...new Map(made.flatMap((one) => one.keys).map((key) => [key.id, key])).values()],
  };
}

export function newEntity(kind: string): EntityRef {
  return `${kind}:${uuidV7(Date.now(), random)}`;
}

export function opening(
  incident: EntityRef,
  more: { readonly [field: string]: Json } = {},
): Pick<FactDraft, 'type' | 'about' | 'body'> {
  return {
    type: 'incident.opened',
    about: [incident],
    body: {
      number: '26-000001',
      answeredAt: 1_700_000_000_000,
      source: 'call',
      location: { text: '1 Main St', coordinates: [-122.4, 37.8], zone: 'B01' },
      nature: { code: 'SICK', text: 'Sick person' },
      priority: '2',
      caller: 'Ada Caller',
      callback: '555-0100',
      ...more,
    },
  };
}
