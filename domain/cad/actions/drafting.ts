/**
 * Drafts of one action, with what they replace.
 *
 * Invariant: a draft replaces what stands in exactly the registers it sets, found by asking the fact type itself for its
 * effects. Drafts of one action cannot name each other, so those that set one register set it to one value.
 */
import type { Fact, FactDraft } from '../../kernel/fact.ts';
import { shown as standing } from '../../kernel/fold.ts';
import type { EntityRef, FactId } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { effectsOf } from '../../modules.ts';
import type { World } from '../views/world.ts';

/** A header of 8 KB holds this many ids with room to spare. */
const MOST_REPLACED = 128;

export interface Sketch {
  readonly type: string;
  readonly about: readonly EntityRef[];
  readonly body: { readonly [field: string]: Json | undefined };
  readonly at: number;
}

function withoutAbsent(body: Sketch['body']): Json {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Json;
}

function standingBefore(sketch: Sketch, content: Json, world: World): Set<FactId> {
  const probe: Fact = {
    f: 1,
    id: 'draft',
    log: 'draft',
    seq: 1,
    prev: null,
    hlc: '',
    at: sketch.at,
    org: '',
    site: '',
    station: '',
    position: null,
    session: null,
    by: null,
    type: sketch.type,
    v: 1,
    about: [...sketch.about],
    replaces: [],
    body: '',
    content,
  };
  const ids = new Set<FactId>();
  for (const effect of effectsOf(probe) ?? [])
    if ('set' in effect) for (const id of standing(world.entity(effect.on), effect.set)) ids.add(id);
  return ids;
}

/**
 * `shown`: what the author was shown, where the window said so; then drafts replace exactly that. An id of it that
 * stands in a register of another draft of the same action is left to that draft.
 */
export function draftsOf(sketches: readonly Sketch[], world: World, shown?: readonly FactId[]): readonly FactDraft[] {
  const contents = sketches.map((sketch) => withoutAbsent(sketch.body));
  const before = sketches.map((sketch, i) => standingBefore(sketch, contents[i] as Json, world));
  const anywhere = new Set(before.flatMap((ids) => [...ids]));
  return sketches.map((sketch, i) => {
    const here = before[i] as Set<FactId>;
    const replaces = shown
      ? [...new Set(shown)]
          .filter((id) => here.has(id) || !anywhere.has(id))
          .sort((a, b) => Number(here.has(b)) - Number(here.has(a)))
      : [...here];
    return {
      type: sketch.type,
      v: 1,
      at: sketch.at,
      about: sketch.about,
      replaces: replaces.slice(0, MOST_REPLACED),
      body: contents[i] as Json,
    };
  });
}
