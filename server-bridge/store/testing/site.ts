/** A site for tests of the store: its stations, a center that signs, numbers and acknowledges, and a clock one can set. */
import { hash } from 'node:crypto';
import type { KeyEnvelope } from '../../../domain/kernel/envelope.ts';
import type { Author, FactDraft, Frame } from '../../../domain/kernel/fact.ts';
import { type EntityRef, entityRef, type RandomBytes, uuidV7 } from '../../../domain/kernel/ids.ts';
import {
  type Ack,
  ackText,
  type RecordVersion,
  type StreamItem,
  type StreamPage,
} from '../../../domain/kernel/stream.ts';
import { effectsOf } from '../../../domain/modules.ts';
import type { Roster } from '../../../domain/wire/sync.ts';
import { newSigningKey, type Signer, signerOf } from '../../../sealing/signing.ts';
import { type OpenStore, openStore } from '../open.ts';
import type { StoreOptions } from '../options.ts';

export const AUTHOR: Author = { position: 'p1', session: 's1', by: 'u1' };

/** Random bytes that are the same for the same seed. */
function seeded(seed: string): RandomBytes {
  let n = 0;
  return (length) => {
    const parts: Buffer[] = [];
    for (let got = 0; got < length; got += 32) parts.push(hash('sha256', `${seed}|${n++}`, 'buffer'));
    return Buffer.concat(parts).subarray(0, length);
  };
}

export interface TestSite {
  /** Wall clock of every station, ms. */
  now: number;
  readonly org: string;
  readonly site: string;
  readonly center: Signer;
  /** The center's signing key, for a store that stands in for the center's own log. */
  readonly centerKey: string;
  readonly siteKeys: readonly { readonly id: string; readonly key: string }[];
  readonly roster: () => Roster;
  readonly deviceKey: (station: string) => string;
  readonly options: (station: string, over?: Partial<StoreOptions>) => StoreOptions;
  readonly open: (station: string, over?: Partial<StoreOptions>, path?: string) => OpenStore;
  readonly reopen: (station: string, bytes: Uint8Array, over?: Partial<StoreOptions>) => OpenStore;
  readonly id: () => string;
  readonly opened: (ref: EntityRef, number: string, over?: { readonly [field: string]: string }) => FactDraft;
  readonly edited: (
    ref: EntityRef,
    set: { readonly [field: string]: string },
    replaces?: readonly string[],
  ) => FactDraft;
  readonly closed: (ref: EntityRef, replaces: readonly string[]) => FactDraft;
}

export function testSite(seed = 'site', stations: readonly string[] = ['a', 'b', 'c']): TestSite {
  const random = seeded(seed);
  const centerKey = newSigningKey();
  const center = signerOf(centerKey);
  const devices = new Map(stations.map((station) => [station, newSigningKey()]));
  const site: TestSite = {
    now: 1_795_000_000_000,
    org: 'org-1',
    site: 'site-1',
    center,
    centerKey,
    siteKeys: [{ id: 'sk1', key: Buffer.from(random(32)).toString('base64url') }],
    roster: () => ({
      org: 'org-1',
      site: 'site-1',
      version: 1,
      centerKeys: [center.publicKey],
      peers: [...devices].map(([station, key]) => ({
        station,
        name: station,
        key: signerOf(key).publicKey,
        address: '',
        revoked: false,
      })),
      sig: '',
    }),
    deviceKey: (station) => devices.get(station) as string,
    options: (station, over) => ({
      key: null,
      deviceKey: over?.deviceKey ?? site.deviceKey(station),
      identity: {
        org: 'org-1',
        site: 'site-1',
        station,
        short: `${station.toUpperCase()}XX`.slice(0, 3),
        name: station,
      },
      siteKeys: site.siteKeys,
      effectsOf,
      clock: () => site.now,
      random: seeded(`${seed}|${station}|${site.now}`),
      ...over,
    }),
    open: (station, over, path = ':memory:') => {
      const opened = openStore(path, site.options(station, over));
      if (!opened.ok) throw new Error(`${opened.state}: ${opened.message}`);
      opened.store.saveRoster(site.roster(), []);
      return opened.store;
    },
    reopen: (station, bytes, over) => {
      const opened = openStore(bytes, site.options(station, over));
      if (!opened.ok) throw new Error(`${opened.state}: ${opened.message}`);
      return opened.store;
    },
    id: () => uuidV7(site.now, random),
    opened: (ref, number, over = {}) => ({
      type: 'incident.opened',
      v: 1,
      at: site.now,
      about: [ref],
      replaces: [],
      body: { number, answeredAt: site.now, source: 'call', ...over },
    }),
    edited: (ref, set, replaces = []) => ({
      type: 'incident.edited',
      v: 1,
      at: site.now,
      about: [ref],
      replaces,
      body: set,
    }),
    closed: (ref, replaces) => ({
      type: 'incident.closed',
      v: 1,
      at: site.now,
      about: [ref],
      replaces,
      body: { disposition: 'done' },
    }),
  };
  return site;
}

export const incidentRef = (site: TestSite): EntityRef => entityRef('incident', site.id());

/** A center that takes what stations offer and numbers it, as far as a store can tell one. */
export interface TestCenter {
  readonly epoch: string;
  readonly push: (store: OpenStore) => void;
  readonly put: (record: RecordVersion) => void;
  /** Numbers frames of positions that were passed over. */
  readonly fill: (frames: readonly Frame[]) => void;
  readonly mark: (log: string, seq: number) => void;
  readonly take: (frames: readonly Frame[], keys: readonly KeyEnvelope[]) => void;
  readonly page: (after: number, limit?: number) => StreamPage;
  readonly ack: (log: string) => Ack;
  readonly pull: (store: OpenStore, limit?: number) => number;
}

export function testCenter(site: TestSite, epoch = 'e1'): TestCenter {
  const items: StreamItem[] = [];
  const keys = new Map<string, KeyEnvelope>();
  const heads = new Map<string, { seq: number; hash: string }>();
  const next = (): number => items.length + 1;
  const center: TestCenter = {
    epoch,
    take: (frames, sent) => {
      for (const key of sent) keys.set(key.id, key);
      for (const frame of frames) {
        const header = JSON.parse(frame.h) as { log: string; seq: number };
        if ((heads.get(header.log)?.seq ?? 0) >= header.seq) continue;
        heads.set(header.log, { seq: header.seq, hash: hash('sha256', frame.h, 'base64url') });
        items.push({ n: next(), frame });
      }
    },
    push: (store) => {
      for (const { log, from } of store.unacknowledged()) {
        const { frames, keys: sent } = store.framesFrom(log, from, 100_000);
        center.take(frames, sent);
        store.acknowledge([center.ack(log)]);
      }
    },
    put: (record) => void items.push({ n: next(), record }),
    fill: (frames) => {
      for (const frame of frames) items.push({ n: next(), frame });
    },
    mark: (log, seq) => {
      heads.set(log, { seq, hash: '' });
      items.push({ n: next(), marker: { log, seq, reason: 'forged' } });
    },
    page: (after, limit = 1_000) => ({
      epoch,
      from: after,
      items: items.slice(after, after + limit),
      keys: [...keys.values()],
      head: items.length,
    }),
    ack: (log) => {
      const head = heads.get(log);
      const ack = { epoch, log, seq: head?.seq ?? 0, hash: head?.hash ?? null };
      return { ...ack, sig: site.center.sign(ackText(ack)) };
    },
    pull: (store, limit = 1_000) => {
      let pages = 0;
      for (;;) {
        const after = store.cursor()?.n ?? 0;
        if (after >= items.length) return pages;
        if (store.applyPage(center.page(after, limit)) !== 'applied') throw new Error('gap');
        pages++;
      }
    },
  };
  return center;
}

/** Hands everything one station holds to another, as peers do; or all but the keys, which are still on their way. */
export function handOver(from: OpenStore, to: OpenStore, withKeys = true): void {
  const heads = new Map(to.heads().map((head) => [head.log, head.seq]));
  for (const head of from.heads()) {
    const { frames, keys } = from.framesFrom(head.log, (heads.get(head.log) ?? 0) + 1, 100_000);
    const { problems } = to.accept(frames, withKeys ? keys : [], 'peer');
    // What was pruned here is had from the center alone.
    const wrong = problems.find(({ why }) => why !== 'ahead');
    if (wrong) throw new Error(`not taken: ${JSON.stringify(wrong)}`);
  }
}
