/** A store on a real disk for each test of a file, to be worked in, closed and damaged. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { shown } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import { PAGE } from '../file/sqlcipher-pages.ts';
import { type OpenStore, openStore } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { type Salvaged, salvageStore } from '../salvage/salvage.ts';
import { AUTHOR, handOver, incidentRef, type TestSite, testCenter, testSite } from './site.ts';

export interface StoreOnDisk {
  readonly folder: string;
  readonly path: string;
  readonly site: TestSite;
  readonly options: StoreOptions;
  readonly opened: (over?: Partial<StoreOptions>) => OpenStore;
  /** Opened, with work of its own and of a peer in it; half of it at the center. */
  readonly worked: (incidents?: number) => {
    readonly store: OpenStore;
    readonly peer: OpenStore;
    readonly refs: readonly EntityRef[];
  };
  /** Read out and refilled; throws where that fails. */
  readonly salvaged: (path?: string) => Extract<Salvaged, { ok: true }>;
  /** A file beside it, with its own log of writes. Returns its path. */
  readonly copyOf: (main: Uint8Array, wal: Uint8Array) => string;
  /** Breaks the byte at this place of the file. */
  readonly flip: (at: number) => void;
  readonly zeroPage: (number: number) => void;
}

/** Facts that the store holds, in all logs. */
export const positions = (store: OpenStore): number =>
  store.heads().reduce((sum, head) => sum + store.framesFrom(head.log, 1, 100_000).frames.length, 0);

export function storeOnDisk(): StoreOnDisk {
  let folder = '';
  let site: TestSite;
  let options: StoreOptions;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qd-store-'));
    site = testSite();
    options = site.options('a', { key: randomBytes(32) });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = (): string => join(folder, 'station.db');
  const changed = (change: (bytes: Buffer) => void): void => {
    const bytes = readFileSync(path());
    change(bytes);
    writeFileSync(path(), bytes);
  };
  const opened = (over: Partial<StoreOptions> = {}): OpenStore => {
    const result = openStore(path(), { ...options, ...over });
    if (!result.ok) throw new Error(`${result.state}: ${result.message}`);
    result.store.saveRoster(site.roster(), []);
    return result.store;
  };
  return {
    get folder() {
      return folder;
    },
    get path() {
      return path();
    },
    get site() {
      return site;
    },
    get options() {
      return options;
    },
    opened,
    worked: (incidents = 120) => {
      const store = opened();
      const peer = site.open('b');
      const refs: EntityRef[] = [];
      for (let i = 0; i < incidents; i++) {
        site.now += 1_000;
        const ref = incidentRef(site);
        refs.push(ref);
        const by = i % 4 === 3 ? peer : store;
        by.append([site.opened(ref, `26-${i}`, { caller: `Caller ${i}`, priority: '1' })], AUTHOR);
        by.append([site.edited(ref, { priority: '2' }, shown(by.entity(ref), 'priority'))], AUTHOR);
        handOver(peer, store);
        if (i === incidents / 2) testCenter(site).push(store);
      }
      store.saveValue('draft', 'p1', 'intake', { caller: 'half typed' });
      store.putRequest({ id: 'r1', kind: 'record.put', session: null, by: 'u1', madeAt: 1, input: {} }, null);
      return { store, peer, refs };
    },
    salvaged: (of = path()) => {
      const salvaged = salvageStore(of, options);
      if (!salvaged.ok) throw new Error(salvaged.message);
      return salvaged;
    },
    copyOf: (main, wal) => {
      const copy = join(folder, 'copy.db');
      writeFileSync(copy, main);
      writeFileSync(`${copy}-wal`, wal);
      return copy;
    },
    flip: (at) =>
      changed((bytes) => {
        bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      }),
    zeroPage: (number) => changed((bytes) => void bytes.fill(0, (number - 1) * PAGE, number * PAGE)),
  };
}
