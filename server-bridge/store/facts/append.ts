/** Facts made here: signed, sealed, numbered on the log of this opening. */
import {
  type Author,
  type Fact,
  type FactDraft,
  MAX_BODY,
  MAX_HEADER,
  MOST_ABOUT,
} from '../../../domain/kernel/fact.ts';
import { uuidV7 } from '../../../domain/kernel/ids.ts';
import type { Json } from '../../../domain/kernel/json.ts';
import { PROCESS_FACTS } from '../../../domain/kernel/kernel.ts';
import type { LogHead } from '../../../domain/kernel/log.ts';
import { sealedUnder } from '../../../domain/sealed-under.ts';
import { makeFrame } from '../../../sealing/frame.ts';
import { type Core, keep, type Tx } from '../core.ts';
import type { LogState } from './logs.ts';

const PROCESS: Author = { position: null, session: null, by: null };
const IN_CLEAR: ReadonlySet<string> = new Set(PROCESS_FACTS);

/** Signs, seals and keeps facts made here: all of them or none. Throws for a draft that no fact can be made of. */
export function appendFacts(core: Core, drafts: readonly FactDraft[], author: Author): readonly Fact[] {
  for (const draft of drafts) checkDraft(draft);
  if (drafts.length === 0) return [];
  return core.write('here', (tx) => {
    const log = openedLog(core, tx);
    return drafts.map((draft) => appendOne(core, tx, log, draft, author));
  });
}

/** Appends what the process notes by itself. */
export function note(
  core: Core,
  tx: Tx,
  type: (typeof PROCESS_FACTS)[number],
  body: Json,
  about: FactDraft['about'] = [],
): Fact {
  const log = openedLog(core, tx);
  return appendOne(core, tx, log, { type, v: 1, at: core.clock.now(), about, replaces: [], body }, PROCESS);
}

/** True once this opening has written anything. */
export function hasOpened(core: Core): boolean {
  return (core.logs.get(core.logId)?.seq ?? 0) > 0;
}

/** The log of this opening; its first fact names the head of the log before it. */
function openedLog(core: Core, tx: Tx): LogState {
  const held = core.logs.get(core.logId);
  if (held && held.seq > 0) return held;
  const before = core.meta.read<string>('ownLog');
  const previous = before === undefined ? undefined : core.logs.get(before);
  const after: LogHead | null = previous ? core.logs.head(previous) : null;
  const log = held ?? core.logs.make(core.logId);
  log.own = true;
  log.station = core.identity.station;
  log.site = core.identity.site;
  core.meta.write('ownLog', log.id);
  const body = { after, build: core.options.build ?? '', reads: [...(core.options.reads ?? [])] };
  appendOne(
    core,
    tx,
    log,
    { type: 'log.opened', v: 1, at: core.clock.now(), about: [], replaces: [], body: body as unknown as Json },
    PROCESS,
  );
  return log;
}

function appendOne(core: Core, tx: Tx, log: LogState, draft: FactDraft, author: Author): Fact {
  const id = uuidV7(core.clock.now(), core.options.random);
  const keeper = IN_CLEAR.has(draft.type) ? null : sealedUnder(draft, id);
  const key = keeper && core.keys.keyFor(keeper);
  const { identity } = core;
  const made = makeFrame(
    draft,
    {
      id,
      org: identity.org,
      site: identity.site,
      station: identity.station,
      author,
      hlc: core.clock.tick(),
      head: core.logs.head(log),
      key,
    },
    core.signer,
    core.options.random,
  );
  if (made.frame.h.length > MAX_HEADER) throw new RangeError(`The fact ${draft.type} is about or replaces too much.`);
  log.seq = made.head.seq;
  log.hash = made.head.hash;
  core.logs.touch(log);
  const { content, ...header } = made.fact;
  return keep(core, tx, log, { frame: made.frame, header, hash: made.head.hash ?? '' }, content);
}

function checkDraft(draft: FactDraft): void {
  if (draft.about.length === 0 && !IN_CLEAR.has(draft.type)) {
    throw new RangeError(`about is empty: the fact ${draft.type} has to name what it is about.`);
  }
  if (draft.about.length > MOST_ABOUT)
    throw new RangeError(`about is too long: the fact ${draft.type} names more than ${MOST_ABOUT} entities.`);
  if (draft.replaces.length > 256)
    throw new RangeError(`replaces is too long: the fact ${draft.type} names more than 256 facts.`);
  if (JSON.stringify(draft.body).length > MAX_BODY)
    throw new RangeError(`body is too long: the fact ${draft.type} exceeds ${MAX_BODY} characters.`);
}
