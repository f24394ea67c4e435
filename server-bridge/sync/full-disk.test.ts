/** A disk that is full while a peer sends: the peer sends none of it again unless it is told to, and nothing is tried again before there is room. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { PeerMessage } from '../../domain/wire/sync.ts';
import type { OpenStore } from '../store/open.ts';
import { AUTHOR, incidentRef, testSite } from '../store/testing/site.ts';
import { startSync } from './engine.ts';
import type { PeersPort } from './ports.ts';
import { TIMES } from './state.ts';
import { systemTimers } from './system-timers.ts';
import { askedCenter } from './testing/asked-center.ts';

const center = askedCenter({});

it.each(['SQLITE_FULL', 'SQLITE_READONLY_DBMOVED'])(
  'what a disk (%s) did not take of a peer is asked for again once it takes something, and not before',
  async (code) => {
    const site = testSite();
    const author = site.open('a');
    author.append(
      Array.from({ length: 8 }, (_, n) => site.opened(incidentRef(site), `26-${n}`)),
      AUTHOR,
    );
    const log = author.log();
    let [full, accepted] = [false, 0];
    const store = site.open('b', {
      onWrite: () => {
        if (full) throw Object.assign(new Error('no room'), { code });
      },
    });
    const said: PeerMessage[] = [];
    const heard: Parameters<PeersPort['on']>[0][] = [];
    const peers: PeersPort = {
      on: (events) => void heard.push(events),
      reach: () => undefined,
      send: (_, message) => said.push(message) > 0,
      isBusy: () => false,
      close: async () => undefined,
    };
    const accept: OpenStore['accept'] = (...frames) => {
      accepted++;
      return store.accept(...frames);
    };
    const sync = startSync({
      ...{ store: { ...store, accept }, center, peers, timers: systemTimers, clock: () => site.now },
      ...{ steady: () => performance.now(), random: (length: number) => randomBytes(length) },
      ...{ build: 'test', reads: [], lanAddress: '' },
    });
    const heads = (): (number | undefined)[] => said.map((message) => (message.t === 'heads' ? message.logs[log] : -1));
    const [events] = heard;
    try {
      events?.onUp('a');
      const before = said.length;
      full = true;
      for (const from of [1, 4, 7]) {
        const { frames, keys } = author.framesFrom(log, from, 3);
        await events?.onMessage('a', { t: 'frames', frames: [...frames], keys: [...keys] });
      }
      await expect.poll(() => accepted).toBe(3);
      await sleep(3 * TIMES.storeRefused);
      expect([accepted, heads().slice(before)]).toEqual([3, []]);
      full = false;
      await expect.poll(() => heads().slice(before)).toEqual([3]);
    } finally {
      await sync.close();
    }
  },
);
