/** What has to hold after everything that was killed runs again: compared store by store. */
import type { Fact } from '../../domain/kernel/fact.ts';
import { readHeader } from '../../domain/kernel/fact.ts';
import { foldAll, settledState, shownValue } from '../../domain/kernel/fold.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import { canonicalJson } from '../../domain/kernel/json.ts';
import { PROCESS_FACTS } from '../../domain/kernel/kernel.ts';
import { effectsOf } from '../../domain/modules.ts';
import { headerHash } from '../../sealing/digest.ts';
import type { Store } from '../../server-bridge/store/store.ts';
import type { Acknowledged } from './ledger.ts';

/** What one of them holds. The center's is read from its stream, from the first item to the last. */
export interface Holder {
  readonly name: string;
  readonly store: Store;
  /** Whether it holds whole logs from their first position (stations do; a stream has logs as they came). */
  readonly facts: ReadonlyMap<string, Held>;
}

interface Held {
  readonly type: string;
  readonly about: readonly EntityRef[];
  readonly times: number;
}

const PAGE = 1_000;

/** Reads a store log by log, and says where a chain does not hold. */
export function holderOf(
  name: string,
  store: Store,
): { readonly holder: Holder; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const facts = new Map<string, Held>();
  for (const head of store.heads()) {
    let prev: string | null = null;
    let seq = 0;
    for (let from = 1; from <= head.seq; ) {
      const { frames } = store.framesFrom(head.log, from, PAGE);
      if (frames.length === 0) break;
      for (const frame of frames) {
        const header = readHeader(frame.h);
        if (!header) {
          problems.push(`${name}: a header of log ${head.log} cannot be read`);
          continue;
        }
        if (header.seq !== seq + 1) problems.push(`${name}: log ${head.log} goes from ${seq} to ${header.seq}`);
        else if (header.prev !== prev) problems.push(`${name}: log ${head.log} does not chain at ${header.seq}`);
        seq = header.seq;
        prev = headerHash(frame.h);
        const before = facts.get(header.id);
        facts.set(header.id, { type: header.type, about: header.about, times: (before?.times ?? 0) + 1 });
      }
      from = seq + 1;
    }
    if (seq !== head.seq) problems.push(`${name}: log ${head.log} ends at ${seq} and its head is ${head.seq}`);
  }
  for (const [id, { times }] of facts) if (times > 1) problems.push(`${name}: fact ${id} is held ${times} times`);
  return { holder: { name, store, facts }, problems };
}

/** Every difference between what was acknowledged and what is held, and between the holders. Empty: all is well. */
export function differences(holders: readonly Holder[], ledger: readonly Acknowledged[]): readonly string[] {
  return [...lost(holders, ledger), ...unlike(holders), ...refolded(holders), ...doubled(holders, ledger)];
}

function lost(holders: readonly Holder[], ledger: readonly Acknowledged[]): string[] {
  return holders.flatMap(({ name, facts }) =>
    ledger.flatMap(({ station, call, facts: ids }) =>
      ids.flatMap((id) =>
        facts.has(id) ? [] : [`${name} lacks fact ${id} (${call}, acknowledged by station ${station})`],
      ),
    ),
  );
}

/** Bookkeeping of a process (a log that closed after the center had stopped) is its own; everything else is everyone's. */
function shared({ facts }: Holder): Set<string> {
  const own: readonly string[] = PROCESS_FACTS;
  return new Set([...facts].filter(([, { type }]) => !own.includes(type)).map(([id]) => id));
}

function unlike(holders: readonly Holder[]): string[] {
  const [first, ...others] = holders;
  if (!first) return [];
  const of = shared(first);
  const refs = refsOf(first);
  return others.flatMap((other) => {
    const its = shared(other);
    const found = [...of]
      .filter((id) => !its.has(id))
      .map((id) => `${other.name} lacks fact ${id} that ${first.name} holds`);
    found.push(
      ...[...its].filter((id) => !of.has(id)).map((id) => `${first.name} lacks fact ${id} that ${other.name} holds`),
    );
    for (const ref of new Set([...refs, ...refsOf(other)])) {
      if (stateOf(first.store, ref) !== stateOf(other.store, ref)) {
        found.push(`${ref} is not the same at ${first.name} and ${other.name}`);
      }
    }
    return found;
  });
}

/** What was folded on, fact by fact and through every crash, is what folding all facts anew gives. */
function refolded(holders: readonly Holder[]): string[] {
  return holders.flatMap((holder) =>
    [...refsOf(holder)].flatMap((ref) => {
      const facts: readonly Fact[] = holder.store.factsAbout(ref);
      const anew = canonicalJson(settledState(foldAll(ref, facts, effectsOf)));
      return anew === stateOf(holder.store, ref) ? [] : [`${ref} at ${holder.name} is not the fold of its facts`];
    }),
  );
}

/** Incident numbers: what was acknowledged is what stands, and no two incidents share one. */
function doubled(holders: readonly Holder[], ledger: readonly Acknowledged[]): string[] {
  const said = ledger.flatMap(({ incident, number }) => (incident && number ? [[number, incident] as const] : []));
  const found: string[] = [];
  for (const [number, incidents] of Map.groupBy(said, ([number]) => number)) {
    if (incidents.length > 1) found.push(`number ${number} was given to ${incidents.length} incidents`);
  }
  for (const { name, store, facts } of holders) {
    const refs = [...refsOf({ facts })].filter((ref) => ref.startsWith('incident:'));
    const numbers = refs.map((ref) => [ref, String(shownValue(store.entity(ref), 'number') ?? '')] as const);
    for (const [number, of] of Map.groupBy(numbers, ([, number]) => number)) {
      if (of.length > 1) found.push(`${name}: incidents ${of.map(([ref]) => ref).join(', ')} share number "${number}"`);
    }
    const byRef = new Map(numbers);
    for (const [number, incident] of said) {
      const ref = incident.includes(':') ? incident : `incident:${incident}`;
      if (byRef.get(ref as EntityRef) !== number) found.push(`${name}: ${ref} was acknowledged as ${number}`);
    }
  }
  return found;
}

function refsOf({ facts }: Pick<Holder, 'facts'>): Set<EntityRef> {
  return new Set([...facts.values()].flatMap(({ about }) => about));
}

function stateOf(store: Store, ref: EntityRef): string {
  const state = store.entity(ref);
  return state === undefined ? '' : canonicalJson(settledState(state));
}
