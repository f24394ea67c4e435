/**
 * A station: its board, its windows, and the way to the center and its peers, over a store that is open. It serves first
 * and syncs then, so that a console is usable at once, whatever is reached.
 */
import { READS } from '../domain/modules.ts';
import { systemRandom } from '../sealing/random.ts';
import { signerOf } from '../sealing/signing.ts';
import { type BridgedStation, type Connection, serveBridge } from './bridge/serve.ts';
import { BUILD } from './build.ts';
import { createDispatch } from './dispatch/dispatch.ts';
import { lateReach } from './dispatch/late-reach.ts';
import type { Dispatch } from './dispatch/port.ts';
import { createTokens } from './host/tokens.ts';
import { keepPruned } from './pruning.ts';
import { loadQuickSigning } from './quick-signing.ts';
import { keepRested } from './resting.ts';
import { createDocuments } from './session/documents.ts';
import { createNotices } from './session/notices.ts';
import { createReadLog } from './session/read-log.ts';
import { createSessions } from './session/sessions.ts';
import { argon2Verifier } from './session/verifier.ts';
import type { OpenStore } from './store/open.ts';
import { StoreFailure } from './store/state.ts';
import type { StationIdentity } from './store/store.ts';
import type { Sync } from './sync/engine.ts';
import type { HttpCenter } from './sync/http-center.ts';
import { SyncFailure } from './sync/ports.ts';
import { startReadCourier } from './sync/read-courier.ts';
import { systemTimers } from './sync/system-timers.ts';

export interface StationOptions {
  readonly store: OpenStore;
  /** PKCS #8, base64url. */
  readonly deviceKey: string;
  readonly keySlots: readonly string[];
  /** Where a damaged store was set aside to, when this one was refilled; else null. */
  readonly setAside: string | null;
  /** Origin of the center; null for a station that has none (yet). */
  readonly center: string | null;
  /** PEM of the authority that alone vouches for it; null for those that the system knows. */
  readonly authority: string | null;
  /** The position that this workstation is, or null. */
  readonly position: string | null;
  /** Where peers reach it: what is listened on, and what they are told to dial where that differs (a proxy). */
  readonly lan: { readonly host: string; readonly port: number; readonly address: string | null } | null;
  /** The loopback console: its port (0 for any) and the folder of its build. */
  readonly host: { readonly port: number; readonly folder: string } | null;
  /** The store's file was found damaged while it was in use: end, and salvage it on the next start. */
  readonly damaged: () => void;
  /** Told of what should never happen. Nothing about a person is in it. */
  readonly fault: (where: string, error: unknown) => void;
}

export interface Station {
  readonly identity: StationIdentity;
  /** Of the loopback console, or null without one. */
  readonly url: string | null;
  /** `host:port` that peers dial, or null. */
  readonly lanAddress: string | null;
  /** A one-time token for one more window: `${url}#${token}`. Windows of a seat share its signed-in person. */
  readonly newToken: (seat?: string) => string;
  /** Serves a window that the shell vouches for. */
  readonly serve: (connection: Connection, seat: string) => void;
  readonly dispatch: Dispatch;
  /** Null until syncing has begun, and without a center. */
  readonly sync: () => Sync | null;
  readonly close: () => Promise<void>;
}

/** The windows of a workstation share one seat unless they are told otherwise. */
export const SEAT = 'console';
/** A store of 100 MB is read through in under an hour, in steps too small to notice. */
const SCRUB_MS = 2_000;
const QUICKEN_MS = 1_000;
const SCRUB_PAGES = 16;

/** Rejects where a port is taken or may not be used: the error has `code` and `port`. */
export async function startStation(options: StationOptions): Promise<Station> {
  const { store } = options;
  const fault = (where: string, error: unknown): void => {
    if (error instanceof StoreFailure && error.state === 'corrupted') options.damaged();
    else options.fault(where, error);
  };
  store.onListenerFailed((error) => fault('store listener', error));
  const { identity } = store;
  const random = systemRandom();
  const signer = signerOf(options.deviceKey);
  const began = store.cursor() === null ? 'never' : 'unreachable';
  const reach = lateReach({ center: began, since: store.now(), refusal: null, peers: [], behind: 0 });
  let sync: Sync | null = null;
  let closing: Promise<void> | null = null;

  let http: Promise<HttpCenter> | null = null;
  const center = (): Promise<HttpCenter> => {
    const { center: url, authority } = options;
    if (url === null) return Promise.reject(new SyncFailure('unreachable', 'This station has no center.'));
    http ??= import('./sync/http-center.ts').then(({ createHttpCenter }) =>
      createHttpCenter({ url, authority, station: identity.station, signer, clock: Date.now, random }),
    );
    return http;
  };

  const sessions = createSessions({
    store,
    accounts: {
      signIn: async (input) => (await center()).accounts.signIn(input),
      refresh: async (token) => (await center()).accounts.refresh(token),
      end: async (token, replaced) => (await center()).accounts.end(token, replaced),
    },
    verifier: argon2Verifier,
    timers: systemTimers,
    clock: () => performance.now(),
    position: options.position,
    centerReached: () => reach.now().center === 'reached',
  });
  let was = reach.now().center;
  reach.onChange(() => {
    const is = reach.now().center;
    if (is === 'reached' && was !== 'reached') {
      sessions.reached();
      notices.told();
    }
    was = is;
  });
  const notices = createNotices({
    sessions,
    timers: systemTimers,
    center: {
      newest: async (token) => (await center()).notices.newest(token),
      seen: async (upTo, token) => (await center()).notices.seen(upTo, token),
    },
    fault,
  });
  const tokens = createTokens(store, random);
  const reads = createReadLog({ store, sessions, timers: systemTimers, clock: Date.now, random, fault });
  const dispatch = createDispatch({
    store,
    clock: () => performance.now(),
    random,
    timers: systemTimers,
    sessions,
    reach,
    reads,
    documents: createDocuments(store, async (path, token) => (await center()).document(path, token)),
    notices,
    windowToken: tokens.issue,
    keySlots: options.keySlots,
    setAside: options.setAside,
    fault,
  });
  const served: BridgedStation = {
    dispatch,
    station: identity.station,
    build: BUILD,
    admit: tokens.admit,
    fault,
  };

  const { lan: lanAt, host: hostAt } = options;
  const listening = await Promise.allSettled([
    hostAt && import('./host/host.ts').then(({ startHost }) => startHost({ ...hostAt, served })),
    lanAt &&
      import('./sync/lan.ts').then(({ openLan }) =>
        openLan({ station: identity.station, signer, listen: { host: lanAt.host, port: lanAt.port } }),
      ),
  ]);
  const [hosted, linked] = listening;
  const host = hosted.status === 'fulfilled' ? hosted.value : null;
  const lan = linked.status === 'fulfilled' ? linked.value : null;
  for (const one of listening) {
    if (one.status === 'fulfilled') continue;
    dispatch.close();
    sessions.close();
    await Promise.all([host?.close(), lan?.close()]);
    throw one.reason;
  }
  const lanAddress = lan && lanAt ? (lanAt.address ?? `${lanAt.host}:${lan.port}`) : null;

  const beginSync = async (): Promise<void> => {
    const [{ startSync }, reached] = await Promise.all([import('./sync/engine.ts'), center()]);
    if (closing !== null) return;
    sync = startSync({
      store,
      center: reached,
      peers: lan,
      timers: systemTimers,
      clock: Date.now,
      steady: () => performance.now(),
      random,
      build: BUILD,
      reads: READS,
      lanAddress: lanAddress ?? '',
      onTrouble: fault,
      onSessionEnded: sessions.ended,
      onTold: notices.told,
    });
    reach.begin(sync);
  };
  const stopCourier = startReadCourier({
    reads,
    timers: systemTimers,
    steady: () => performance.now(),
    reached: () => reach.now().center === 'reached',
    busy: () => store.unsentTotal() > 0,
    send: async (input) => (await center()).reads(input),
    fault,
  });
  const stopBegin = systemTimers.after(0, () => {
    if (options.center !== null) beginSync().catch((error: unknown) => fault('sync', error));
  });

  // Not while it starts: reading the library takes as long as a dozen facts.
  const stopQuicken = systemTimers.after(QUICKEN_MS, () => void loadQuickSigning());

  // Damage is found before somebody needs the page that has it.
  let stopScrub = (): void => undefined;
  const scrub = (): void => {
    stopScrub = systemTimers.after(SCRUB_MS, () => {
      try {
        if (store.scrub(SCRUB_PAGES) === 'corrupted') return options.damaged();
      } catch (error) {
        fault('scrub', error);
      }
      scrub();
    });
  };
  scrub();
  const stopResting = keepRested(store, systemTimers, fault);
  const stopPrune = keepPruned(store, systemTimers, fault);

  const end = async (): Promise<void> => {
    stopBegin();
    stopQuicken();
    stopCourier();
    stopPrune();
    stopScrub();
    stopResting();
    await host?.close();
    sessions.close();
    dispatch.close();
    if (sync) await sync.close();
    else await lan?.close();
    if (http) await (await http).close();
    try {
      reads.save();
    } finally {
      // A disk that takes no more keeps nobody from closing what is on it.
      store.close();
    }
  };

  return {
    identity,
    url: host?.url ?? null,
    lanAddress,
    newToken: (seat = SEAT) => tokens.issue(seat),
    serve: (connection, seat) => serveBridge(connection, served, seat),
    dispatch,
    sync: () => sync,
    close: () => {
      closing ??= end();
      return closing;
    },
  };
}
