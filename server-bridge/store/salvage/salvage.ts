/**
 * A damaged store: what is left of it is read out and taken into a new one, the damaged file is set aside, and what could
 * not be saved of this station's own logs is declared, so that nothing waits for it. The rest comes back from the center
 * and from peers. In the same way the store of a workstation that is enrolled anew begins with what the one before held.
 */
import { type Frame, isHeaderAlone } from '../../../domain/kernel/fact.ts';
import { idOf } from '../../../domain/kernel/ids.ts';
import { sealedUnder } from '../../../domain/sealed-under.ts';
import { openBody } from '../../../sealing/frame.ts';
import type { Core, ReadFrame, Tx } from '../core.ts';
import { takeFrame, takeKeys, takeUnnamed } from '../exchange/accept.ts';
import { note } from '../facts/append.ts';
import { readFrame, signatureOf } from '../facts/authentic.ts';
import { posOf } from '../facts/logs.ts';
import { clearRefill, finishReplacing, refillPath, replaceByRefill } from '../file/set-aside.ts';
import { type OpenStore, openCore, openStore } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { type StoreTrouble, stateOf, troubleOf } from '../state.ts';
import type { StationIdentity } from '../store.ts';
import { NEXT_KEY } from '../values.ts';
import { type Carved, carve } from './carve.ts';

export interface LostRange {
  readonly log: string;
  readonly from: number;
  readonly to: number;
}

export interface SalvageReport {
  /** Where the damaged store lies now. */
  readonly setAside: string;
  /** Facts read out of it and taken. */
  readonly saved: number;
  /** Facts of other stations' logs that wait for what comes before them. */
  readonly waiting: number;
  /** Positions of this station's own logs that could not be saved; other stations and the center may have them. */
  readonly lost: readonly LostRange[];
  readonly requests: number;
  readonly damagedPages: number;
}

export type Salvaged = { readonly ok: true; readonly store: OpenStore; readonly report: SalvageReport } | StoreTrouble;

/** More holes than this are declared as one range; what of it is held is not taken as lost by anyone. */
const MOST_RANGES = 64;

/**
 * Salvages the store at `path` and opens the new one in its place. The store must not be open. With the identity of another
 * enrolment of this site in `options`, and its device key, the new one is that workstation's: it holds what the one before
 * wrote as it holds what others wrote, and sends what the center lacks of it.
 */
export function salvageStore(path: string, options: StoreOptions): Salvaged {
  try {
    finishReplacing(path);
    const carved = carve(path, options.plain ? null : options.key);
    clearRefill(path);
    const before = carved.meta.get('identity') as StationIdentity | undefined;
    const identity = options.identity ?? before;
    const opened = openCore(refillPath(path), identity ? { ...options, identity } : options);
    if (!opened.ok) return opened;
    let taken: Omit<SalvageReport, 'setAside' | 'damagedPages'>;
    try {
      taken = opened.core.write('here', (tx) => refill(opened.core, tx, carved));
      // Closing says nothing of a disk that has no room left to copy it all back, and the file alone takes its place.
      opened.core.db.copyBack(true);
    } finally {
      opened.core.db.raw.close();
    }
    const why = carved.damagedPages === 0 && opened.core.identity.station !== before?.station ? 'before' : 'damaged';
    const setAside = replaceByRefill(path, options.clock(), why);
    const again = openStore(path, options);
    return again.ok
      ? { ok: true, store: again.store, report: { ...taken, setAside, damagedPages: carved.damagedPages } }
      : again;
  } catch (error) {
    const state = stateOf(error);
    if (state) return troubleOf(state);
    throw error;
  }
}

function refill(core: Core, tx: Tx, carved: Carved): Omit<SalvageReport, 'setAside' | 'damagedPages'> {
  for (const key of ['roster', 'emit', 'older', 'heard', 'offset'] as const) {
    if (carved.meta.get(key) !== undefined) core.meta.write(key, carved.meta.get(key));
  }
  const siteKeys = carved.meta.get('siteKeys');
  const before = carved.meta.get('identity') as StationIdentity | undefined;
  const anew = before !== undefined && before.station !== core.identity.station;
  const deviceKey = anew ? core.options.deviceKey : carved.meta.get('deviceKey');
  if (deviceKey !== undefined) core.meta.write('deviceKey', deviceKey);
  if (Array.isArray(siteKeys)) {
    const others = core.keys.siteKeys().filter((key) => !siteKeys.some((held) => held.id === key.id));
    core.meta.write('siteKeys', [...siteKeys, ...others]);
    core.keys.forget();
  }
  for (const ref of carved.erased) core.keys.destroy(ref);
  takeKeys(core, tx, carved.keys);
  const counts = { saved: 0, waiting: 0 };
  const lost = [...carved.frames].flatMap(([log, frames]) => refillLog(core, tx, carved, log, frames, counts, anew));
  keepUnnamed(core, tx, carved);
  for (const range of lost) note(core, tx, 'log.gap', { ...range });
  if (lost.length > 0) note(core, tx, 'log.closed', { reason: 'superseded' });
  refillRest(core, carved, anew);
  return { ...counts, lost, requests: carved.requests.length };
}

/**
 * What lies under a key whose name is lost is kept until that entity's keys come, from the center or from a peer: of one's own it is
 * declared lost meanwhile, as what somebody may still have.
 */
function keepUnnamed(core: Core, tx: Tx, carved: Carved): void {
  const erased = new Set(carved.erased);
  for (const frame of carved.unnamed) {
    const read = readFrame(core, frame);
    const under = read && sealedUnder(read.header, read.header.id);
    if (!read || !under || erased.has(under) || signatureOf(core, read) === 'forged') continue;
    const log = core.logs.get(read.header.log);
    if (!log) continue;
    const pos = posOf(log, read.header.seq);
    if (log.own ? core.facts.hasBody(pos) : !core.facts.isBare(pos)) continue;
    core.pending.addUnnamed(read.header.log, read.header.seq, frame, under);
  }
  for (const under of [...core.pending.unders()]) takeUnnamed(core, tx, under);
}

/** Takes the facts of one log; gives what of it is lost where it is this station's own. */
function refillLog(
  core: Core,
  tx: Tx,
  carved: Carved,
  id: string,
  found: ReadonlyMap<number, readonly Frame[]>,
  counts: { saved: number; waiting: number },
  anew: boolean,
): LostRange[] {
  const good = new Map<number, ReadFrame>();
  for (const [seq, versions] of found) {
    const read = bestOf(core, versions);
    if (read) good.set(seq, read);
  }
  const own =
    !anew &&
    (carved.logs.get(id)?.own === true ||
      [...good.values()].some(({ header }) => header.station === core.identity.station));
  const top = Math.max(0, ...good.keys(), own ? (carved.logs.get(id)?.seq ?? 0) : 0);
  // Of its own it would send the header alone to a center that takes each position once, and others may hold it whole.
  if (own) for (const [seq, { frame }] of good) if (isHeaderAlone(frame)) good.delete(seq);
  const lost = own ? missing(id, good, top) : [];
  if (own && top > 0) {
    const log = core.logs.get(id) ?? core.logs.make(id);
    log.own = true;
    log.station = core.identity.station;
    log.site = core.identity.site;
    for (const { from, to } of lost) {
      core.strays.declare(log, from, to);
      log.gap = Math.max(log.gap, to);
    }
    core.logs.touch(log);
    if (id === carved.meta.get('ownLog')) core.meta.write('ownLog', id);
  }
  for (const seq of [...good.keys()].sort((a, b) => a - b)) {
    const read = good.get(seq) as ReadFrame;
    const taken = takeFrame(core, tx, read);
    if (taken === 'taken') counts.saved++;
    else if (taken !== 'held' && taken.why === 'ahead') {
      core.pending.add(id, seq, read.frame);
      counts.waiting++;
    }
  }
  return lost;
}

/** The authentic one of the versions found; without its body where that is damaged. */
function bestOf(core: Core, versions: readonly Frame[]): ReadFrame | null {
  let headerAlone: ReadFrame | null = null;
  for (const frame of versions) {
    const read = readFrame(core, frame);
    const verdict = read && signatureOf(core, read);
    if (!read || verdict === 'forged') continue;
    if (frame.b === null) {
      headerAlone ??= read;
      continue;
    }
    const key = frame.k === null ? null : core.keys.bytesOf(core.keys.numOf(frame.k));
    const readable = (frame.k !== null && key === null) || openBody(frame, read.header, key) !== undefined;
    if (readable) return read;
    headerAlone ??= { ...read, frame: { ...frame, k: null, b: null } };
  }
  return headerAlone;
}

function missing(log: string, held: ReadonlyMap<number, unknown>, top: number): LostRange[] {
  const ranges: LostRange[] = [];
  for (let seq = 1; seq <= top; seq++) {
    if (held.has(seq)) continue;
    const from = seq;
    while (seq < top && !held.has(seq + 1)) seq++;
    ranges.push({ log, from, to: seq });
  }
  const [first, last] = [ranges[0], ranges.at(-1)];
  return first && last && ranges.length > MOST_RANGES ? [{ log, from: first.from, to: last.to }] : ranges;
}

function refillRest(core: Core, carved: Carved, anew: boolean): void {
  const { sql } = core.db;
  for (const [space, owner, key, value] of carved.values) {
    if (value === undefined || (anew && space === NEXT_KEY[0] && key === NEXT_KEY[2])) continue;
    sql('INSERT INTO value(space, owner, key, value) VALUES(?, ?, ?, ?)').run(space, owner, key, JSON.stringify(value));
  }
  const gone = new Set<unknown>(carved.erased.map(idOf));
  for (const record of carved.records) if (!gone.has(record.body?.incident)) core.records.put(record);
  // Of a row on a damaged page the name may be garbled, and the row itself lie elsewhere whole: it is there once.
  // The center's grants are for the workstation that they name.
  for (const [grant, verifier] of anew ? [] : carved.grants) {
    const id = (grant as { readonly id?: unknown } | undefined)?.id;
    if (typeof id === 'string')
      sql('INSERT INTO grant_held(id, body, verifier) VALUES(?, ?, ?) ON CONFLICT DO NOTHING').run(
        id,
        JSON.stringify(grant),
        verifier,
      );
  }
  core.grants.forget();
  for (const { request, entity, state, answer } of carved.requests) {
    const id = (request as { readonly id?: unknown } | undefined)?.id;
    if (typeof id !== 'string') continue;
    sql(
      "INSERT INTO request(id, state, attempts, next_at, last_error, entity, request, answer) VALUES(?, ?, 0, 0, '', ?, ?, ?) ON CONFLICT DO NOTHING",
    ).run(id, state, entity, JSON.stringify(request), answer === undefined ? null : JSON.stringify(answer));
  }
}
