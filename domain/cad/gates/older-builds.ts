/**
 * What speaks before a fact that an older build at the site does not read. Only types that came after the first wire are
 * asked about, and their declaration says what becomes of them meanwhile (docs/adr/0032).
 */
import { type Decision, decide, type Rule } from '../../kernel/decision.ts';
import type { FactDraft } from '../../kernel/fact.ts';
import type { EntityRef } from '../../kernel/ids.ts';
import { kindOf } from '../../kernel/ids.ts';
import { FACT_TYPES } from '../../modules.ts';
import { listed } from '../sentences/words.ts';
import { callsignOf } from '../views/reading.ts';
import type { Unread, World } from '../views/world.ts';

/** Most workstations that a sentence names. */
const MOST_NAMED = 3;
const RULE = 'fact.unread@1';

function workstations(by: readonly string[], world: World): string {
  const names = by.map((station) => world.stationName(station) || 'another workstation');
  const more = names.length - MOST_NAMED;
  return listed(more > 0 ? [...names.slice(0, MOST_NAMED), `${more} more`] : names);
}

/** What they are about, as an older build shows it; assignments are shown by their unit and incident. */
function shownAs(about: readonly EntityRef[], world: World): string {
  const names = about.flatMap((ref) => {
    const kind = kindOf(ref);
    return kind === 'unit' ? [callsignOf(world, ref)] : kind === 'incident' ? [world.numberOf(ref)] : [];
  });
  return listed([...new Set(names)]);
}

/** What to do comes first: where a narrow window cuts the sentence, it is the rest that goes. */
function warning(about: readonly EntityRef[], { by }: Unread, world: World): string {
  const what = shownAs(about, world);
  if (by.length === 0)
    return `Tell the others by voice: the center has not said that every workstation reads this, and one of an older version shows ${what} as partly shown.`;
  const one = by.length === 1;
  return `Tell ${workstations(by, world)} by voice: ${one ? 'it runs' : 'they run'} an older version and ${one ? 'shows' : 'show'} ${what} as partly shown.`;
}

function block(title: string, { by }: Unread, world: World): string {
  if (by.length === 0)
    return `${title}: the center has not said that every workstation reads this. Update the center and reach it once, then enter it again.`;
  const who = workstations(by, world);
  const one = by.length === 1;
  return `${title}: ${who} ${one ? 'runs' : 'run'} an older version that does not read it. Update or revoke ${one ? who : 'them'}, then enter it again.`;
}

/** Decides over everything that one action drafts: what one of its facts is held back for holds back all of them. */
export function olderBuildsGate(drafts: readonly FactDraft[], world: World): Decision {
  const about = new Map<string, Set<EntityRef>>();
  for (const draft of drafts) {
    const name = `${draft.type}@${draft.v}`;
    const refs = about.get(name) ?? new Set();
    about.set(name, refs);
    for (const ref of draft.about) refs.add(ref);
  }
  const rules = [...about].flatMap(([name, refs]): Rule[] => {
    const unread = world.unread(name);
    if (unread === null) return [];
    const isHeldBack = unread.newer === 'held back';
    const reason = isHeldBack
      ? block(FACT_TYPES.get(name)?.title ?? name, unread, world)
      : warning([...refs], unread, world);
    return [{ rule: RULE, verdict: isHeldBack ? 'BLOCK' : 'WARN', reason, evidence: [name, ...unread.by] }];
  });
  const { verdict } = decide(rules);
  if (verdict === 'BLOCK') return decide(rules, ['update the workstation', 'revoke the workstation']);
  return decide(rules, verdict === 'WARN' ? ['tell it by voice'] : []);
}
