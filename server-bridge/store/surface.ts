/** The store's interface over its parts. Reading fails as writing does: with the store's own state, never SQLite's. */
import type { Fact } from '../../domain/kernel/fact.ts';
import type { Roster } from '../../domain/wire/sync.ts';
import { type Core, openAwaiting } from './core.ts';
import { takePending, takeUnnamed } from './exchange/accept.ts';
import { erasuresShown, erasuresToShow } from './exchange/erasures.ts';
import { putRequest, requestAnswered, requestFailed, requestsIn, withdrawRequest } from './exchange/outbox.ts';
import {
  acknowledge,
  framesFrom,
  headsOf,
  heldLogs,
  isUnsent,
  spokenHeads,
  unacknowledged,
  unsentAbout,
  unsentTotal,
} from './exchange/positions.ts';
import { applyPage, applySnapshot, beginEpoch, cursorHashOf, cursorOf, fillEntity } from './exchange/stream.ts';
import { note } from './facts/append.ts';
import { saveGrant } from './from-center/grants.ts';
import { addLease, numbersLeft, takeNumber } from './from-center/numbers.ts';
import { heardReads, saveReaders, unreadAt } from './from-center/readers.ts';
import type { SiteKey } from './options.ts';
import { takesAgain } from './room.ts';
import type { Store } from './store.ts';
import { heldValue, heldValues, saveValue } from './values.ts';

export type Surface = Omit<Store, 'append' | 'accept' | 'close' | 'erase' | 'prune'>;

/** Each is of another time from which the center was put back, and shown until it is remembered. */
const MOST_FORGOTTEN = 3;
/** A clock that moved less than this is not worth a fact. ms */
const CLOCK_STEP = 1_000;

function byReading(a: Fact, b: Fact): number {
  return a.hlc < b.hlc ? -1 : a.hlc > b.hlc ? 1 : a.id < b.id ? -1 : 1;
}

export function storeOf(core: Core): Surface {
  let noted: number | null = null;
  return {
    identity: core.identity,
    log: () => core.logId,
    applyPage: (page) => applyPage(core, page),
    applySnapshot: (snapshot) => applySnapshot(core, snapshot),
    wanting: () => core.entities.wanting(),
    lacksFacts: (ref) => core.entities.hasBase(ref),
    wantFacts: (ref) => {
      if (!core.entities.hasBase(ref)) return;
      core.write('here', (tx) => {
        tx.wanted = core.entities.want(ref);
      });
    },
    fillEntity: (ref, page) => fillEntity(core, ref, page),
    framesFrom: (log, from, limit) => framesFrom(core, log, from, limit),
    factsAbout: (ref) => core.entities.facts(ref).toSorted(byReading),
    fact: (id) => {
      const pos = core.facts.posOfId(id);
      return pos === undefined ? null : core.facts.at(pos);
    },

    erasuresToShow: () => erasuresToShow(core),
    erasuresShown: (epoch) => erasuresShown(core, epoch),

    cursor: () => cursorOf(core),
    cursorHash: () => cursorHashOf(core),
    beginEpoch: (epoch) => beginEpoch(core, epoch),
    heads: () => headsOf(core),
    spokenHeads: () => spokenHeads(core),
    held: () => heldLogs(core),
    acknowledge: (acks, taken) => acknowledge(core, acks, taken),
    unacknowledged: () => unacknowledged(core),
    unsentTotal: () => unsentTotal(core),
    unsentAbout: (ref) => unsentAbout(core, ref),
    isUnsent: (id) => isUnsent(core, id),

    entity: (ref) => core.entities.get(ref),
    entities: (kind) => core.entities.ofKind(kind),
    isKept: (ref) => core.entities.isKept(ref),
    refs: (kind) => core.entities.refsOfKind(kind),
    back: (kind, before, limit) => core.entities.back(kind, before, limit),
    beginning: (prefix) => core.entities.beginning(prefix),
    record: (kind, id) => core.records.get(kind, id),
    recordsAbout: (incident) => core.records.about(incident),
    formerRecord: (kind, id) => core.records.former(kind, id),
    records: (kind) => [...core.records.ofKind(kind).values()].filter((record) => record.body !== null),

    putRequest: (request, entity) => putRequest(core, request, entity),
    requests: (states) => requestsIn(core, states),
    requestFailed: (id, error, nextAt) => requestFailed(core, id, error, nextAt),
    requestAnswered: (answer) => requestAnswered(core, answer),
    withdrawRequest: (id) => withdrawRequest(core, id),
    takeNumber: (year) => takeNumber(core, year),
    addLease: (lease) => addLease(core, lease),
    numbersLeft: (year) => numbersLeft(core, year),
    saveGrant: (grant, verifier) => saveGrant(core, grant, verifier),
    grants: () => core.grants.all(),
    roster: () => core.roster(),
    keysHeld: () => [...core.keys.siteKeys().map(({ id }) => id), ...(core.roster()?.centerKeys ?? [])],
    keysBeside: (ids) => core.keys.siteKeys().filter(({ id }) => !ids.includes(id)),
    saveRoster: (roster, siteKeys) => saveRoster(core, roster, siteKeys),
    forgottenRoster: () => forgottenRosters(core)[0] ?? null,
    notReadBy: (type) => unreadAt(core, type),
    saveReaders: (word, linked) => saveReaders(core, word, linked),
    heardReads: (station, reads) => heardReads(core, station, reads),
    value: (space, owner, key) => heldValue(core, space, owner, key),
    values: (space, owner) => heldValues(core, space, owner),
    saveValue: (space, owner, key, value) => saveValue(core, space, owner, key, value),

    now: core.clock.now,
    setClockOffset: (offset, uncertainty) => {
      if (noted === offset) return;
      const before = core.clock.offset();
      const step = noted === null || Math.abs(offset - noted) >= CLOCK_STEP;
      try {
        core.write('here', (tx) => {
          core.clock.setOffset(offset, uncertainty);
          core.meta.write('offset', { offset, uncertainty });
          if (step) note(core, tx, 'clock.measured', { offset, uncertainty });
        });
      } catch (error) {
        // As on disk: what was not kept is measured, and noted, again.
        core.clock.setOffset(before.offset, before.uncertainty);
        throw error;
      }
      if (step) noted = offset;
    },
    clockConfirmed: () => clockConfirmed(core),
    clock: () => ({ ...core.clock.offset(), highest: core.clock.highest() }),
    refuses: core.refuses,
    takesAgain: () => takesAgain(core),
    onChange: core.onChange,
    isErased: (ref) => core.entities.isErased(ref),
  };
}

/** What the disk has of the clock and of readings goes back with them: the next opening begins from there. */
function clockConfirmed(core: Core): void {
  const [now, highest, isFarAhead] = [core.clock.now(), core.clock.highest(), core.clock.isFarAhead()];
  if (highest <= now + CLOCK_STEP && !isFarAhead) return;
  core.write('center', (tx) => {
    core.clock.confirm();
    core.db.sql('UPDATE log SET clock = min(clock, ?)').run(now);
    if (!isFarAhead) return;
    core.db.sql('UPDATE log SET hlc = min(hlc, ?)').run(core.clock.reading());
    // Facts that their rows do not know yet would bring the reading back after a kill.
    tx.settle = true;
  });
}

const forgottenRosters = (core: Core): readonly Roster[] => core.meta.read<Roster[]>('forgotten') ?? [];

/** No workstation leaves a roster, and none that was revoked is ever let in again: a newer one that says otherwise has forgotten it. */
function isForgotten(before: Roster, now: Roster): boolean {
  const peers = new Map(now.peers.map((peer) => [peer.station, peer]));
  return before.peers.some(({ station, revoked }) => {
    const peer = peers.get(station);
    return !peer || (revoked && !peer.revoked);
  });
}

function saveRoster(core: Core, roster: Roster, siteKeys: readonly SiteKey[]): void {
  const held = core.roster();
  if (held && held.version > roster.version) {
    // Not kept: whom it still names may have been revoked since. A center that goes on from there would be heard by nobody for long.
    const forgotten = [held, ...forgottenRosters(core).filter(({ version }) => version !== held.version)];
    if (forgottenRosters(core)[0]?.version !== held.version)
      core.write('center', () => core.meta.write('forgotten', forgotten.slice(0, MOST_FORGOTTEN)));
    return;
  }
  core.write('center', (tx) => {
    tx.stations = true;
    const earlier = held ? [held, ...forgottenRosters(core)] : [];
    const forgotten = earlier.filter((one) => isForgotten(one, roster)).slice(0, MOST_FORGOTTEN);
    if (forgotten.length + forgottenRosters(core).length > 0) core.meta.write('forgotten', forgotten);
    core.meta.write('roster', roster);
    // The center says which comes first; one that it has not, or no longer, may be all that opens what is held here.
    const before = core.keys.siteKeys();
    const given = new Set(siteKeys.map(({ id }) => id));
    const keys = [...siteKeys, ...before.filter(({ id }) => !given.has(id))];
    if (JSON.stringify(keys) !== JSON.stringify(before)) {
      core.meta.write('siteKeys', keys);
      core.keys.forget();
      for (const { k } of core.db.sql('SELECT DISTINCT k FROM unopened').all<{ k: number }>()) {
        if (core.keys.bytesOf(k)) openAwaiting(core, tx, k);
      }
    }
    // Also of whoever was not known before.
    for (const under of core.pending.unders()) takeUnnamed(core, tx, under);
    takePending(core, tx);
  });
}
