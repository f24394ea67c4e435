/**
 * Intake: authentic frames of a site's logs become facts of the center. The same code in the product and in simulation;
 * only the log behind the port differs.
 *
 * Invariants:
 *  1. Authentic bytes that are next in their log are never refused, whatever they say and whoever wrote them.
 *  2. A position is appended once. What is acknowledged is committed. A header that came without its body gets it from whoever
 *     brings it later.
 *  3. Bytes that are not authentic stay out; a marker says so on the stream, and the position stays open for the real ones.
 *  4. A fact of an author without the right, or about what is another site's, is followed in the same step by the center's
 *     `fact.contested`.
 */
import type { Fact, FactDraft } from '#domain/kernel/fact.ts';
import { FACT_CONTESTED, FACT_SETTLED, OF_ANOTHER_SITE } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import { isErasure } from '#domain/kernel/kernel.ts';
import { type Ack, ackText } from '#domain/kernel/stream.ts';
import type { PushOut } from '#domain/wire/sync.ts';
import { openBody } from '#sealing/frame.ts';
import type { Signer } from '#sealing/signing.ts';
import { eraseShown } from './erase.ts';
import { named } from './holders.ts';
import { type Foreign, type Holding, holdingOf } from './holding.ts';
import { contestedFor } from './judge.ts';
import { openKeys } from './open.ts';
import { ownFrames, type World } from './own.ts';
import { type BodyOf, centerLogOf, gapLogs, placeFrames, placeName } from './place.ts';
import type { AppendRow, Authors, BodyRow, CenterLog, IntakeTransaction, LogPosition } from './port.ts';
import type { AuthenticFrame, PreparedPush, Problem } from './prepare.ts';
import { covers } from './ranges.ts';
import { foldAppended } from './refold.ts';

/** What the center signs with for an organisation, and every key it ever signed with. */
export interface CenterKeys {
  readonly signer: Signer;
  readonly publicKeys: readonly string[];
}

export interface Taken {
  readonly epoch: string;
  /** Logs of the push and how far they are held now. */
  readonly held: readonly LogPosition[];
  readonly problems: readonly Problem[];
}

/**
 * Takes one push that could not be taken as it is, without frames that give a fact the name of another: of two facts of one
 * name only the one that is held stands, and whoever brings the other, its author or not, is not to be kept by it from
 * bringing the rest. Throws `why` where there are none.
 */
export async function takeWithoutNamesakes(
  log: CenterLog,
  push: PreparedPush,
  signer: Signer,
  world: World,
  why: unknown,
): Promise<Taken> {
  const work = async (tx: IntakeTransaction): Promise<readonly Taken[]> => {
    const namesakes = await namesakesIn(tx, push.frames);
    if (namesakes.size === 0) throw why;
    const frames = push.frames.filter((frame) => !namesakes.has(frame));
    const left = [...namesakes].map(({ header: { log, seq } }): Problem => ({ log, seq, why: 'forked' }));
    return takePushes(tx, [{ ...push, frames, problems: [...push.problems, ...left] }], signer, world);
  };
  const [taken] = await log.intake(push.org, work, undefined, true);
  return taken as Taken;
}

/** Frames of places that are not held, with the id of a fact of another place: one that is held, or comes before them. */
async function namesakesIn(
  tx: IntakeTransaction,
  frames: readonly AuthenticFrame[],
): Promise<ReadonlySet<AuthenticFrame>> {
  const [held, positions] = await Promise.all([
    tx.held([...new Set(frames.map(({ header }) => header.id))]),
    tx.positions([...new Set(frames.map(({ header }) => header.log))]),
  ]);
  const alone = await aloneAmong(tx, frames, positions);
  const isPlaced = ({ header, hash }: AuthenticFrame): boolean => {
    const position = positions.get(header.log);
    if (position === undefined || header.seq > position.seq) return false;
    return !covers(position.holes, header.seq) || alone.get(placeName(header)) === hash;
  };
  const names = new Set(held);
  return new Set(
    frames.filter((frame) => {
      const { header } = frame;
      if (isPlaced(frame)) return false;
      const isTaken = names.has(header.id);
      names.add(header.id);
      return isTaken;
    }),
  );
}

/** Takes several pushes of one organisation in one step; the answer to each, in their order. */
export async function takePushes(
  tx: IntakeTransaction,
  came: readonly PreparedPush[],
  signer: Signer,
  world: World,
): Promise<readonly Taken[]> {
  const shown = came.flatMap(({ frames, site }) =>
    frames.flatMap(({ header }) => (isErasure(header) ? [{ about: header.about, site }] : [])),
  );
  if (shown.length > 0) await eraseShown(tx, shown, signer, world);
  const pushes = shown.length === 0 ? came : came.map(withoutErasures);
  const frames = pushes.flatMap((push) => push.frames);
  const logs = new Set(frames.map(({ header }) => header.log));
  for (const { site } of pushes) logs.add(centerLogOf(tx.epoch, site));
  // Asked at once, for frames that may turn out to be held already too: a log far away answers in one round trip.
  const [{ content, keys, waiting }, known, authors, states, holders, held] = await Promise.all([
    opened(tx, pushes, frames),
    tx.positions([...logs]),
    authorsOf(tx, frames),
    tx.folded(refsOf(frames)),
    tx.sitesOf(namedIn(frames)),
    heldAmong(tx, frames),
  ]);
  const contentOf = (frame: AuthenticFrame): Json | undefined => content.get(frame);
  const alone = await aloneAmong(tx, frames, known);
  const erased = await destroyedOf(
    tx,
    frames.filter((frame) => contentOf(frame) === undefined),
  );
  const isErased = ({ frame: { k } }: AuthenticFrame): boolean => k !== null && erased.has(k);
  const isMissing = (frame: AuthenticFrame): boolean =>
    contentOf(frame) === undefined && !isErased(frame) && bringsNoBody(frame, keys);
  const gaps = gapLogs(frames, contentOf).filter((log) => !known.has(log));
  const before = gaps.length > 0 ? new Map([...known, ...(await tx.positions(gaps))]) : known;
  const positions = new Map(before);

  const body = { content: contentOf, isMissing, isErased };
  const placed = pushes.map((push) => placeFrames(push.frames, positions, body, alone));
  const accepted = placed.flatMap((part) => part.accepted);
  const factOf = (frame: AuthenticFrame): Fact => ({ ...frame.header, content: content.get(frame) });

  const facts = accepted.map(factOf);
  const holding = await holdingOf(tx, facts, holders, states);
  const said = await verdictsOn(tx, facts, authors, holding, world);
  // Of a site none of these pushes is of, where a fact it brought earlier is only judged now.
  const unread = [...said.keys()].map((site) => centerLogOf(tx.epoch, site)).filter((log) => !positions.has(log));
  if (unread.length > 0) for (const [log, position] of await tx.positions(unread)) positions.set(log, position);
  const own = [...said].flatMap(([site, drafts]) =>
    ownFrames(drafts, { org: tx.org, site, epoch: tx.epoch }, positions, signer, world),
  );
  const all = [...accepted, ...own];
  facts.push(...own.map(ownFact));

  const { held: newly, visited, holders: holdersNow } = holding.outcome();
  if (newly.length > 0) await tx.hold(newly);
  if (visited.length > 0) await tx.visit(visited);
  await append(tx, all, facts, holdersNow, body);
  const completed = placed
    .flatMap(({ completing }) => completing)
    .map((of): BodyRow => {
      return { frame: isErased(of) ? { ...of.frame, b: null } : of.frame, hash: of.hash, fact: factOf(of) };
    });
  if (completed.length > 0) await tx.complete(completed);
  const again = completed.flatMap(({ fact }) => (fact.content === undefined ? [] : fact.about));
  await foldAppended(tx, facts, states, held, [...waiting, ...again]);
  await tx.putPositions([...positions.values()].filter((position) => before.get(position.log) !== position));
  for (const push of pushes) {
    for (const { log, seq } of push.forged) await tx.putMarker(push.site, log, seq, 'not authentic');
  }
  return pushes.map((push, i) => ({
    epoch: tx.epoch,
    held: [...new Set(push.frames.map(({ header }) => header.log))].flatMap((log) => {
      const position = positions.get(log);
      return position && position.seq > 0 ? [position] : [];
    }),
    problems: [...push.problems, ...(placed[i]?.problems ?? [])],
  }));
}

/** The center's own words are not taken from anybody: what they tell it is done. */
function withoutErasures(push: PreparedPush): PreparedPush {
  return { ...push, frames: push.frames.filter(({ header }) => !isErasure(header)) };
}

/** Of these frames' places that were passed over, the hashes of the headers that are held there without their bodies. */
async function aloneAmong(
  tx: IntakeTransaction,
  frames: readonly AuthenticFrame[],
  positions: ReadonlyMap<string, LogPosition>,
): Promise<Map<string, string>> {
  const places = frames.flatMap(({ header: { log, seq } }) =>
    covers(positions.get(log)?.holes ?? [], seq) ? [{ log, seq }] : [],
  );
  const alone = places.length > 0 ? await tx.headersAlone(places) : [];
  return new Map(alone.map((one) => [placeName(one), one.hash]));
}

/**
 * Whether a frame that nothing opened, and whose key was not destroyed, brings no body, or another than its header names. One
 * that names its key and has no body was erased where it comes from, by a word that is not known here: the center was put
 * back, and whoever heard it has forgotten it too. Others may have the body.
 */
function bringsNoBody({ frame: { k, b } }: AuthenticFrame, keys: ReadonlyMap<string, Uint8Array>): boolean {
  return k === null || b === null || keys.has(k);
}

interface Opened {
  readonly content: Map<AuthenticFrame, Json | undefined>;
  /** The keys that opened them. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  /** Entities about which facts waited for keys that came with these pushes. */
  readonly waiting: readonly EntityRef[];
}

async function opened(
  tx: IntakeTransaction,
  pushes: readonly PreparedPush[],
  frames: readonly AuthenticFrame[],
): Promise<Opened> {
  const sent = new Map(pushes.flatMap((push) => push.keys).map((key) => [key.id, key]));
  const waiting = sent.size > 0 ? await tx.putKeys([...sent.values()]) : [];
  const ids = new Set(frames.flatMap(({ frame }) => (frame.k === null ? [] : [frame.k])));
  const keys = await openKeys(tx, [...ids]);
  const content = new Map(
    frames.map((frame) => [
      frame,
      openBody(frame.frame, frame.header, frame.frame.k === null ? null : (keys.get(frame.frame.k) ?? null)),
    ]),
  );
  return { content, keys, waiting };
}

function refsOf(frames: readonly AuthenticFrame[]): readonly EntityRef[] {
  return [...new Set(frames.flatMap(({ header }) => header.about))];
}

/** Entities that frames are about, and what the assignments among them join. */
function namedIn(frames: readonly AuthenticFrame[]): readonly EntityRef[] {
  return [...new Set(frames.flatMap(({ header }) => named(header.about)))];
}

function authorsOf(tx: IntakeTransaction, frames: readonly AuthenticFrame[]): Promise<Authors> {
  return tx.authors(
    [...new Set(frames.map(({ header }) => header.station))],
    [...new Set(frames.flatMap(({ header }) => header.session ?? []))],
  );
}

/** Of the facts that these replace, those that were held before this step. */
async function heldAmong(tx: IntakeTransaction, frames: readonly AuthenticFrame[]): Promise<ReadonlySet<string>> {
  const replaced = new Set(frames.flatMap(({ header }) => header.replaces));
  return replaced.size > 0 ? tx.held([...replaced]) : replaced;
}

/** What the center has to say of these facts, by the site whose log it says it in: that of the fact. */
async function verdictsOn(
  tx: IntakeTransaction,
  facts: readonly Fact[],
  { devices, standings }: Authors,
  holding: Holding,
  world: World,
): Promise<ReadonlyMap<string, readonly FactDraft[]>> {
  const drafts = new Map<string, FactDraft[]>();
  const say = (type: string, { fact, about }: Foreign, body: { readonly [field: string]: string }): void => {
    const draft = { type, v: 1, at: world.clock(), about, replaces: [], body: { fact: fact.id, ...body } };
    drafts.set(fact.site, [...(drafts.get(fact.site) ?? []), draft]);
  };
  const awaiting: { fact: string; session: string }[] = [];
  for (const fact of facts) {
    const reason = contestedFor(fact, devices.get(fact.station), standings.get(fact.session ?? ''));
    await holding.take(fact, reason === null);
    if (reason === null) continue;
    if (fact.session !== null && !standings.has(fact.session)) awaiting.push({ fact: fact.id, session: fact.session });
    say(FACT_CONTESTED, { fact, about: fact.about }, { reason });
  }
  const { contested, shared } = holding.outcome();
  for (const one of contested) say(FACT_CONTESTED, one, { reason: OF_ANOTHER_SITE });
  for (const one of shared)
    say(FACT_SETTLED, one, { verdict: 'confirmed', note: 'It was written after the record had been shared.' });
  if (awaiting.length > 0) await tx.awaitSignIn(awaiting);
  return drafts;
}

/** The center's own bodies are in clear. */
function ownFact({ frame, header }: AuthenticFrame): Fact {
  return { ...header, content: openBody(frame, header, null) };
}

/** Appends facts of the center itself, by site, and folds them. No site comes to hold anything by them. */
export async function appendOwn(
  tx: IntakeTransaction,
  drafts: ReadonlyMap<string, readonly FactDraft[]>,
  signer: Signer,
  world: World,
): Promise<void> {
  const positions = new Map(await tx.positions([...drafts.keys()].map((site) => centerLogOf(tx.epoch, site))));
  const frames = [...drafts].flatMap(([site, own]) =>
    ownFrames(own, { org: tx.org, site, epoch: tx.epoch }, positions, signer, world),
  );
  const facts = frames.map(ownFact);
  const refs = [...new Set(facts.flatMap((fact) => fact.about))];
  const states = await tx.folded(refs);
  const holders = [...(await tx.sitesOf(refs))].map(([ref, sites]) => [ref, new Set(sites)] as const);
  await append(tx, frames, facts, new Map(holders), { isMissing: () => false, isErased: () => false });
  await foldAppended(tx, facts, states, new Set(), []);
  await tx.putPositions([...positions.values()]);
}

async function append(
  tx: IntakeTransaction,
  frames: readonly AuthenticFrame[],
  facts: readonly Fact[],
  holders: ReadonlyMap<EntityRef, ReadonlySet<string>>,
  { isMissing, isErased }: Pick<BodyOf, 'isMissing' | 'isErased'>,
): Promise<void> {
  if (frames.length === 0) return;
  await tx.append(
    frames.map((of, i): AppendRow => {
      const { frame, hash } = of;
      const fact = facts[i] as Fact;
      const left =
        fact.content !== undefined
          ? frame
          : isMissing(of)
            ? { ...frame, k: null, b: null }
            : isErased(of)
              ? { ...frame, b: null }
              : frame;
      const sites = new Set([fact.site, ...fact.about.flatMap((ref) => [...(holders.get(ref) ?? [])])]);
      const unread = fact.content === undefined && left.k !== null && left.b !== null;
      return { frame: left, fact, hash, sites: [...sites], unread };
    }),
  );
}

/** Of the keys that frames name, those that were destroyed. */
async function destroyedOf(tx: IntakeTransaction, frames: readonly AuthenticFrame[]): Promise<ReadonlySet<string>> {
  const keys = [...new Set(frames.flatMap(({ frame: { k } }) => (k === null ? [] : [k])))];
  return keys.length > 0 ? tx.destroyed(keys) : new Set();
}

/** The center's signed word on what is durably held; only after the step has committed. */
export function acknowledge(taken: Taken, signer: Signer): PushOut {
  return {
    epoch: taken.epoch,
    acks: taken.held.map(({ log, seq, hash }): Ack => {
      const ack = { epoch: taken.epoch, log, seq, hash };
      return { ...ack, sig: signer.sign(ackText(ack)) };
    }),
    problems: [...taken.problems],
  };
}
