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
import { type LateReach, lateReach } from './dispatch/late-reach.ts';
import type { Dispatch } from './dispatch/port.ts';
import { createTokens } from './host/tokens.ts';
import { keepInPlace } from './keeping-in-place.ts';
import { keepRoom } from './keeping-room.ts';
import { lateCenter } from './late-center.ts';
import { type ListeningOptions, listen } from './listening.ts';
import type { OpenedStation } from './opening.ts';
import { keepPruned } from './pruning.ts';
import { loadQuickSigning } from './quick-signing.ts';
import { keepRested } from './resting.ts';
import { keepScrubbed } from './scrubbing.ts';
import { createDocuments } from './session/documents.ts';
import { createNotices } from './session/notices.ts';
import { createReadLog } from './session/read-log.ts';
import { createSessions } from './session/sessions.ts';
import { argon2Verifier } from './session/verifier.ts';
import { StoreFailure } from './store/state.ts';
import type { StationIdentity } from './store/store.ts';
import type { Sync } from './sync/engine.ts';
import { startReadCourier } from './sync/read-courier.ts';
import { systemTimers } from './sync/system-timers.ts';
import { createTakingAgain } from './sync/taking-again.ts';

/** What was opened, and how it goes on. */
export interface StationOptions extends ListeningOptions, OpenedStation {
  /** The store's file was found damaged while it was in use: end, and salvage it on the next start. */
  readonly damaged: () => void;
  /** The store's file was gone and is put back: end, and open it again on the next start. */
  readonly returned: () => void;
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
const QUICKEN_MS = 1_000;

const steady = (): number => performance.now();

/** Rejects where a port is taken or may not be used: the error has `code` and `port`. */
export async function startStation(options: StationOptions): Promise<Station> {
  const { store } = options;
  const fault = (where: string, error: unknown): void => {
    if (error instanceof StoreFailure && error.state === 'corrupted') options.damaged();
    else options.fault(where, error);
  };
  store.onListenerFailed((error) => fault('store listener', error));
  const { identity } = store;
  const { station } = identity;
  const random = systemRandom();
  const signer = signerOf(options.deviceKey);
  const { center: url, authority } = options;
  const center = lateCenter({ url, authority, station, signer, clock: Date.now, random });
  const began = store.cursor() === null ? 'never' : 'unreachable';
  const reach = lateReach({ center: began, since: store.now(), refusal: null, peers: [], behind: 0 });
  const isReached = (): boolean => reach.now().center === 'reached';

  const sessions = createSessions({
    store,
    accounts: center.accounts,
    verifier: argon2Verifier,
    timers: systemTimers,
    clock: steady,
    position: options.position,
    centerReached: isReached,
  });
  const notices = createNotices({ sessions, timers: systemTimers, center: center.notices, fault });
  onReachedAgain(reach, () => {
    sessions.reached();
    notices.told();
  });
  const place = keepInPlace({
    store,
    timers: systemTimers,
    belongs: options.belongs,
    returned: options.returned,
    changed: reach.tell,
    fault,
  });
  const takingAgain = createTakingAgain(store, systemTimers, fault);
  const room = keepRoom({ store, timers: systemTimers, takingAgain, changed: reach.tell, fault });
  const tokens = createTokens(store, random);
  const reads = createReadLog({ store, sessions, timers: systemTimers, clock: Date.now, random, fault });
  const dispatch = createDispatch({
    store,
    clock: steady,
    random,
    timers: systemTimers,
    sessions,
    reach,
    reads,
    documents: createDocuments(store, center.document),
    notices,
    windowToken: tokens.issue,
    keySlots: options.keySlots,
    setAside: options.setAside,
    isAstray: place.isAstray,
    refuses: room.refuses,
    fault,
  });
  const served: BridgedStation = { dispatch, station, build: BUILD, admit: tokens.admit, fault };
  const { host, lan, lanAddress } = await listen(options, served, signer).catch((error: unknown) => {
    place.stop();
    room.stop();
    takingAgain.stop();
    dispatch.close();
    sessions.close();
    throw error;
  });

  let sync: Sync | null = null;
  let closing: Promise<void> | null = null;
  const beginSync = async (): Promise<void> => {
    const [{ startSync }, reached] = await Promise.all([import('./sync/engine.ts'), center.whole()]);
    if (closing !== null) return;
    sync = startSync({
      store,
      center: reached,
      peers: lan,
      timers: systemTimers,
      takingAgain,
      clock: Date.now,
      steady,
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
  const stops = [
    room.stop,
    takingAgain.stop,
    systemTimers.after(0, () => {
      if (url !== null) beginSync().catch((error: unknown) => fault('sync', error));
    }),
    // Not while it starts: reading the library takes as long as a dozen facts.
    systemTimers.after(QUICKEN_MS, () => void loadQuickSigning()),
    startReadCourier({
      reads,
      timers: systemTimers,
      steady,
      reached: isReached,
      busy: () => store.unsentTotal() > 0,
      send: center.reads,
      fault,
    }),
    keepScrubbed(store, systemTimers, options.damaged, fault),
    keepRested(store, systemTimers, fault),
    keepPruned(store, systemTimers, fault),
  ];

  const end = async (): Promise<void> => {
    for (const stop of stops) stop();
    await host?.close();
    sessions.close();
    dispatch.close();
    if (sync) await sync.close();
    else await lan?.close();
    await center.close();
    try {
      reads.save();
    } finally {
      // A disk that takes no more keeps nobody from closing what is on it.
      if (place.stop()) store.abandon();
      else store.close();
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

/** Each time that the center is reached and was not before. */
function onReachedAgain(reach: Pick<LateReach, 'now' | 'onChange'>, run: () => void): void {
  let was = reach.now().center;
  reach.onChange(() => {
    const is = reach.now().center;
    if (is === 'reached' && was !== 'reached') run();
    was = is;
  });
}
