/** What must hold once everything has healed. Each difference is one plain sentence. */
import { readHeader } from '../../domain/kernel/fact.ts';
import { type Folded, inConflict, settledState, settledText } from '../../domain/kernel/fold.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import { canonicalJson, type Json } from '../../domain/kernel/json.ts';
import { headerHash } from '../../sealing/digest.ts';
import { signatureHolds, signerOf } from '../../sealing/signing.ts';
import type { CenterNode } from './center-node.ts';
import { erased, erasedOf } from './erased.ts';
import type { Neighbour } from './neighbour.ts';
import type { Oracle } from './oracle.ts';
import { ORG, SITE, type Site } from './roster.ts';
import type { StationNode } from './station-node.ts';
import { contested, lapsed } from './verdict-contested.ts';
import { numbers, openedTwice, years } from './verdict-numbers.ts';
import { onStream, sites } from './verdict-sites.ts';

export interface Verdict {
  readonly lost: readonly string[];
  readonly diverged: readonly string[];
}

const FEW = 6;

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
