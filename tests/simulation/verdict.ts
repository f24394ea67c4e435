/** What must hold once everything has healed. Each difference is one plain sentence. */
import type { IncidentRow } from '../../domain/bridge/topics.ts';
import { wallTime } from '../../domain/cad/sentences/local-time.ts';
import { type Fact, type FactHeader, readHeader } from '../../domain/kernel/fact.ts';
import {
  FACT_SETTLED,
  type Folded,
  inConflict,
  OF_ANOTHER_SITE,
  settledState,
  settledText,
} from '../../domain/kernel/fold.ts';
import { hlcParse } from '../../domain/kernel/hlc.ts';
import { type EntityRef, kindOf, partsOfAssignment } from '../../domain/kernel/ids.ts';
import { canonicalJson, type Json } from '../../domain/kernel/json.ts';
import { headerHash } from '../../sealing/digest.ts';
import { signatureHolds, signerOf } from '../../sealing/signing.ts';
import type { CenterNode } from './center-node.ts';
import { erased, erasedOf } from './erased.ts';
import { FAR, isTheirs, type Neighbour } from './neighbour.ts';
import type { Oracle } from './oracle.ts';
import { ORG, SITE, type Site } from './roster.ts';
import type { StationNode } from './station-node.ts';

export interface Verdict {
  readonly lost: readonly string[];
  readonly diverged: readonly string[];
}

const FEW = 6;
const LEASED = /^[0-9]{2}-[0-9]+$/;

/** True once no station waits for anything. */
export function isQuiet(stations: readonly StationNode[], head: number): boolean {
  return stations.every((station) => {
    if (!station.alive()) return false;
    const { center, cursor } = station.sync().state();
    return (
      center === 'up' &&
      cursor === head &&
      station.store().unsentTotal() === 0 &&
      requestsWaiting(station) === 0 &&
      station.store().wanting().length === 0 &&
      station.store().erasuresToShow().length === 0
    );
  });
}

export function requestsWaiting(station: StationNode): number {
  return station.store().requests(['waiting']).length;
}

export function judge(
  site: Site,
  center: CenterNode,
  stations: readonly StationNode[],
  oracle: Oracle,
  neighbour: Neighbour | null,
): Verdict {
  const lost: string[] = [];
  const diverged: string[] = [];
  const atHead = new Map<string, number>();
  for (const { fact } of center.log.facts(ORG)) atHead.set(fact.log, Math.max(fact.seq, atHead.get(fact.log) ?? 0));
  const atCenter = new Map([...center.log.facts(ORG)].map(({ fact }) => [fact.id, fact]));
  const headers = new Set([...center.log.facts(ORG)].map(({ frame }) => frame.h));
  const here = neighbour ? onStream(center) : new Set(atCenter.keys());
  const gone = erasedOf(oracle);
  const states = [...center.log.entities(ORG)]
    // Of what was erased the center keeps what its figures count; stations keep nothing.
    .filter(([ref]) => !gone.has(ref))
    .filter(([ref]) => !neighbour || center.log.holders(ORG, ref).includes(SITE))
    .map(([ref, folded]) => ({ ref, folded, text: settledText(folded) }));

  for (const [id, { fact, acknowledged, excused }] of oracle.facts())
    if (acknowledged && !excused && !atCenter.has(id))
      lost.push(`${fact.type} of ${fact.log} ${fact.seq}, acknowledged at ${fact.station}`);

  for (const station of stations) {
    const store = station.store();
    let missing = 0;
    // A station that began from a snapshot lacks what was said of nothing before it (that a log was opened).
    for (const fact of atCenter.values())
      if (
        fact.about.length > 0 &&
        (fact.site === SITE || here.has(fact.id)) &&
        !store.fact(fact.id) &&
        !oracle.facts().get(fact.id)?.pruned.has(station.name) &&
        missing++ < FEW
      )
        diverged.push(`${station.name} lacks ${fact.type} ${fact.log} ${fact.seq}`);
    const heads = new Map(store.heads().map((head) => [head.log, head.seq]));
    for (const [log, seq] of heads) {
      const { frames } = store.framesFrom(log, 1, 1_000_000);
      if (seq !== atHead.get(log))
        diverged.push(`${station.name} holds ${log} through ${seq}, the center through ${atHead.get(log)}`);
      const extra = frames.filter((frame) => !headers.has(frame.h));
      if (extra.length > 0) diverged.push(`${station.name} holds ${extra.length} of ${log} that the center lacks`);
    }
    folds(station, states, diverged);
  }
  if (center.leases.sound()) {
    for (const number of center.leases.twice()) diverged.push(`number ${number} was leased twice`);
    openedTwice(center, oracle, diverged);
  }
  erased(gone, center, stations, oracle, diverged);
  contested(stations, center, gone, diverged, neighbour);
  lapsed(center, gone, diverged);
  if (neighbour) sites(neighbour, center, oracle, gone, lost, diverged);
  views(stations, diverged);
  chains(site, stations[0] as StationNode, diverged);
  numbers(stations[0] as StationNode, diverged);
  years(site, center, oracle, diverged);
  const survived = [...atCenter.values()].filter(
    ({ id, content }) => content !== undefined || !oracle.facts().get(id)?.excused,
  );
  clashes(stations[0] as StationNode, center, oracle, new Set(survived.map(({ id }) => id)), diverged, neighbour);
  return { lost, diverged };
}

interface State {
  readonly ref: EntityRef;
  readonly folded: Folded;
  readonly text: string;
}

function folds(station: StationNode, states: readonly State[], diverged: string[]): void {
  let differing = 0;
  for (const { ref, folded, text } of states) {
    const here = station.store().entity(ref);
    const same = here && settledText(here) === text;
    if (!same && differing++ < FEW)
      diverged.push(
        `${station.name} folds ${ref} otherwise than the center${here ? difference(settledState(here), settledState(folded)) : ': not at all'}`,
      );
  }
}

function difference(a: Json, b: Json): string {
  const [left, right] = [a, b] as readonly { readonly [key: string]: Json }[];
  const keys = Object.keys({ ...left, ...right }).filter(
    (key) => canonicalJson(left?.[key]) !== canonicalJson(right?.[key]),
  );
  return ` in ${keys.map((key) => `${key}: ${canonicalJson(left?.[key]).slice(0, 600)} / ${canonicalJson(right?.[key]).slice(0, 600)}`).join('; ')}`;
}

/** Nothing stays contested that was written by right, as long as a station holds the word of the center for it. */
function contested(
  stations: readonly StationNode[],
  center: CenterNode,
  gone: ReadonlySet<EntityRef>,
  diverged: string[],
  neighbour: Neighbour | null,
): void {
  const shown = new Set(
    stations.flatMap((station) =>
      station
        .store()
        .grants()
        .flatMap(({ grant }) => [grant.id, grant.session]),
    ),
  );
  const facts = new Map([...center.log.facts(ORG)].map(({ fact }) => [fact.id, fact]));
  for (const [ref, folded] of center.log.entities(ORG))
    for (const { fact: id, reason } of folded.contested) {
      const fact = facts.get(id);
      // What was erased is shown to nobody, and no word about it can be read any more.
      if (!fact?.session || !shown.has(fact.session) || gone.has(ref)) continue;
      if (neighbour && reason === OF_ANOTHER_SITE && isTheirs(neighbour, ref)) continue;
      if (center.accounts.entitled(fact.session, hlcParse(fact.hlc).ms))
        diverged.push(`${ref} shows ${fact.type} of ${fact.station} as contested, which had the right: ${reason}`);
    }
}

/** What was written by a sign-in that was over counts nowhere unasked, and is seen not to. */
function lapsed(center: CenterNode, gone: ReadonlySet<EntityRef>, diverged: string[]): void {
  const facts = [...center.log.facts(ORG)].map(({ fact }) => fact);
  const settled = new Set(
    facts
      .filter(({ type }) => type === FACT_SETTLED)
      .map(({ content }) => (content as { fact?: string } | undefined)?.fact),
  );
  for (const { id, type, session, station, hlc, about } of facts) {
    if (session === null || settled.has(id) || !center.accounts.lapsed(session, hlcParse(hlc).ms)) continue;
    for (const ref of about)
      if (!gone.has(ref) && !center.log.entity(ORG, ref)?.contested.some((one) => one.fact === id))
        diverged.push(`${ref} does not show ${type} of ${station} as contested, whose sign-in was over`);
  }
}

function views(stations: readonly StationNode[], diverged: string[]): void {
  const [first, ...others] = stations;
  for (const table of ['incidents', 'units']) {
    const mine = first?.board()[table] ?? {};
    const texts = new Map(Object.entries(mine).map(([key, row]) => [key, canonicalJson(row)]));
    for (const other of others) {
      const theirs = other.board()[table] ?? {};
      for (const key of Object.keys({ ...mine, ...theirs }))
        if (texts.get(key) !== (theirs[key] && canonicalJson(theirs[key])))
          diverged.push(
            `${first?.name} and ${other.name} show ${table} ${key} differently${difference(mine[key] ?? {}, theirs[key] ?? {})}`,
          );
    }
  }
}

/** Every chain whole and signed, by one station's bytes: all hold the same facts by then. */
function chains(site: Site, station: StationNode, diverged: string[]): void {
  const store = station.store();
  const keys = new Map<string, string>();
  const keyOf = (of: string): string => {
    const key = keys.get(of) ?? signerOf(site.deviceKey(of)).publicKey;
    keys.set(of, key);
    return key;
  };
  for (const { log } of store.heads()) {
    let prev: string | null | undefined = null;
    let seq = 0;
    for (const frame of store.framesFrom(log, 1, 1_000_000).frames) {
      const header = readHeader(frame.h);
      // What was dropped leaves a gap; what is held on both sides of none must follow.
      if (header?.seq === seq + 1 && header.prev !== prev)
        diverged.push(`${log} ${header.seq} does not follow what is before it`);
      if (!signatureHolds(keyOf(header?.station ?? ''), frame.h, frame.s))
        diverged.push(`${log} ${header?.seq} is not signed`);
      prev = headerHash(frame.h);
      seq = header?.seq ?? seq;
    }
  }
}

/** No two incidents are shown by one number. Two may carry one after two restores: then one is shown as an alias. */
function numbers(station: StationNode, diverged: string[]): void {
  const seen = new Map<string, string>();
  for (const [id, row] of Object.entries((station.board().incidents ?? {}) as unknown as Record<string, IncidentRow>)) {
    if (row.number === 'no number') continue;
    if (seen.has(row.number)) diverged.push(`${row.number} is the number of ${id} and of ${seen.get(row.number)}`);
    seen.set(row.number, id);
  }
}

/** No number that was leased is on two incidents of the organisation, whichever of its sites opened them. */
function openedTwice(center: CenterNode, oracle: Oracle, diverged: string[]): void {
  const on = new Map<string, EntityRef>();
  for (const { fact } of center.log.facts(ORG)) {
    const [incident] = fact.about;
    const number = numberIn(fact, oracle);
    if (!incident || !number || !LEASED.test(number)) continue;
    const other = on.get(number) ?? incident;
    if (other !== incident) diverged.push(`${number} was given to ${other} and to ${incident}`);
    on.set(number, other);
  }
}

interface Numbered {
  readonly number: string;
  readonly at: number;
}

/** The number that an opening gives, also where its incident was erased since. */
function numberIn(fact: Fact, oracle: Oracle): string | undefined {
  if (fact.type !== 'incident.opened') return undefined;
  const content = fact.content ?? oracle.facts().get(fact.id)?.fact.content;
  return (content as { readonly number?: string } | undefined)?.number;
}

function numbered(center: CenterNode, oracle: Oracle): Numbered[] {
  return [...center.log.facts(ORG)].flatMap(({ fact }) => {
    const number = fact.site === SITE ? numberIn(fact, oracle) : undefined;
    return number === undefined ? [] : [{ number, at: fact.at }];
  });
}

/** Years of the incident numbers that were given, as they stand in them, ascending. */
export function yearsGiven(center: CenterNode, oracle: Oracle): string[] {
  return [...new Set(numbered(center, oracle).map(({ number }) => number.slice(0, 2)))].sort();
}

/** A number is of the year that the site's clocks showed when its incident was opened. */
function years(site: Site, center: CenterNode, oracle: Oracle, diverged: string[]): void {
  for (const { number, at } of numbered(center, oracle)) {
    const year = new Date(wallTime(at, site.calendar.zone)).getUTCFullYear();
    if (number.slice(0, 2) !== String(year % 100)) diverged.push(`${number} was given in ${year}`);
  }
}

/** Every blind clash shows, and nothing else shows as one. */
function clashes(
  station: StationNode,
  center: CenterNode,
  oracle: Oracle,
  survived: ReadonlySet<string>,
  diverged: string[],
  neighbour: Neighbour | null,
): void {
  // What the other site's author could see, no store tells.
  const theirs = new Set(neighbour?.made.flatMap(({ fact }) => fact.about));
  const { expected, unsure } = oracle.clashes((id) => survived.has(id));
  for (const [ref, folded] of center.log.entities(ORG)) {
    const shown = station.store().entity(ref);
    // A contested value is another matter: what it replaced counts again.
    if (!shown || folded.judged || theirs.has(ref)) continue;
    for (const register of Object.keys(folded.registers)) {
      const name = `${ref} ${register}`;
      if (unsure.has(name)) continue;
      const shows = inConflict(shown, register);
      if (shows !== expected.has(name))
        diverged.push(
          `${name} ${shows ? 'is shown as a clash and is none' : 'is a blind clash and is not shown'}: ${canonicalJson((folded.registers[register] ?? []) as unknown as Json).slice(0, 500)}`,
        );
    }
  }
}

function onStream(center: CenterNode): ReadonlySet<string> {
  return new Set(framesFor(center, SITE).map(({ id }) => id));
}

function framesFor(center: CenterNode, site: string): readonly FactHeader[] {
  return center.log.stream(ORG, site).flatMap((item) => ('frame' in item ? (readHeader(item.frame.h) ?? []) : []));
}

/**
 * What another site wrote about what is this site's: it is all there, it counts nowhere unasked and is seen not to, and
 * whatever of this site came onto that site's stream was shared by this site's own word. Judged by the facts alone.
 */
function sites(
  neighbour: Neighbour,
  center: CenterNode,
  oracle: Oracle,
  gone: ReadonlySet<EntityRef>,
  lost: string[],
  diverged: string[],
): void {
  const known = new Map([...center.log.facts(ORG)].map(({ fact }) => [fact.id, fact]));
  for (const { fact } of neighbour.made)
    if (!known.has(fact.id)) lost.push(`${fact.type} of another site, ${fact.log} ${fact.seq}`);
  const written = new Map(neighbour.made.map(({ fact }) => [fact.id, fact]));
  const ours = [...oracle.facts().values()].map(({ fact }) => fact).filter(({ site }) => site === SITE);
  const settled = new Set<string>();
  const given = new Set<EntityRef>();
  for (const { type, about, content } of ours) {
    const { fact, verdict } = (content ?? {}) as { readonly fact?: string; readonly verdict?: string };
    if (type === FACT_SETTLED && fact !== undefined) settled.add(fact);
    const of = type === FACT_SETTLED && verdict === 'confirmed' ? written.get(fact ?? '') : undefined;
    const shares =
      ['unit.dispatched', 'incident.linked', 'incident.merged'].includes(type) &&
      about.some((ref) => isTheirs(neighbour, ref));
    if (of || shares) for (const ref of about) given.add(ref);
  }
  for (const { id, type, site, about } of framesFor(center, FAR)) {
    if (site === FAR || about.some((ref) => isTheirs(neighbour, ref) || given.has(ref))) continue;
    diverged.push(`another site was shown ${type} ${id} about ${about.join(', ')}, which nobody shared`);
  }
  // Also where nothing was said there since: what it holds, it would be shown, and its word counts on.
  for (const [ref] of center.log.entities(ORG)) {
    const parts = partsOfAssignment(ref);
    const isShared = given.has(ref) || (parts !== null && given.has(parts.incident) && given.has(parts.unit));
    if (center.log.holders(ORG, ref).includes(FAR) && !isTheirs(neighbour, ref) && !isShared)
      diverged.push(`another site holds ${ref}, which nobody shared`);
  }
  for (const { fact } of neighbour.made) {
    for (const ref of fact.about) {
      if (
        gone.has(ref) ||
        isTheirs(neighbour, ref) ||
        given.has(ref) ||
        kindOf(ref) === 'assignment' ||
        settled.has(fact.id)
      )
        continue;
      const shown = center.log.entity(ORG, ref)?.contested.some((one) => one.fact === fact.id);
      if (!shown) diverged.push(`${fact.type} of another site about ${ref} is not shown as contested`);
    }
  }
}
