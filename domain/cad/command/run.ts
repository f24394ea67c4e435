/** Running a line: the same decisions and refusals as the calls it stands for. */
import { CALLS } from '../../bridge/calls.ts';
import { type Rule, together } from '../../kernel/decision.ts';
import { done, refusalOf, refused } from '../../kernel/refusal.ts';
import { decideAction } from '../actions/decide.ts';
import type { Decided, Deed, Means } from '../actions/deed.ts';
import type { ActionCall, ActionInput, ActionName } from '../actions/inputs.ts';
import { listed } from '../sentences/words.ts';
import type { IndexedWorld } from '../views/world.ts';
import { parseCommand } from './parse.ts';
import { STATUS_USAGE, VERBS, type Verb } from './verbs.ts';
import { vocabularyOf } from './vocabulary.ts';

export interface CommandInput {
  readonly line: string;
  readonly selected: string | null;
  readonly confirm?: boolean | undefined;
  /** The rules of the decision that was shown, and confirmed. */
  readonly confirmed?: readonly Rule[] | undefined;
}

/** What a confirmation means to each call: a busy unit is sent all the same; a closed incident's units are cleared. */
function confirmed(call: ActionCall, { confirm, confirmed: rules }: CommandInput): ActionCall {
  if (!confirm) return call;
  const shown = rules ? { confirmed: [...rules] } : {};
  if (call.name === 'unit.dispatch') return { name: call.name, input: { ...call.input, confirm: true, ...shown } };
  if (call.name === 'incident.close') return { name: call.name, input: { ...call.input, units: 'clear', ...shown } };
  return call;
}

/** One verb in a sentence, or the list of them all. */
function helpSaid(verb: Verb | null): string {
  if (verb) return `${verb.title}: ${verb.usage}. For example ${verb.example}`;
  return [...VERBS, ...STATUS_USAGE].map((one) => one.usage).join(' · ');
}

/** What was done in one line: of several units that did the same once, as it was said of them before Enter. */
function saidOfAll(said: readonly string[]): string {
  const parts = said.flatMap((one) => {
    const [, who, what] = /^(\S+)( .*)$/.exec(one) ?? [];
    return who && what ? [{ who, what }] : [];
  });
  const [first] = parts;
  return first && parts.length === said.length && parts.every(({ what }) => what === first.what)
    ? `${listed(parts.map(({ who }) => who))}${first.what}`
    : said.join('; ');
}

function joined(deeds: readonly Deed[]): Deed {
  const last = deeds[deeds.length - 1];
  const assignments = deeds.flatMap((deed) => deed.assignments ?? []);
  const warned = deeds.flatMap((deed) => deed.warned ?? []);
  return {
    drafts: deeds.flatMap((deed) => deed.drafts),
    said: saidOfAll(deeds.map((deed) => deed.said)),
    ...(last?.incident === undefined ? {} : { incident: last.incident }),
    ...(last?.number === undefined ? {} : { number: last.number }),
    ...(assignments.length > 0 ? { assignments } : {}),
    ...(warned.length > 0 ? { warned: together(warned) } : {}),
  };
}

/** All or nothing: where one of several units is refused or asks, none is moved. */
export function decideCommand(input: CommandInput, world: IndexedWorld, means: Means): Decided {
  const parsed = parseCommand(input.line, vocabularyOf(world, means.now), input.selected);
  if (parsed.kind === 'refused') return { ok: false, refusal: parsed.refusal };
  if (parsed.kind === 'find') return done({ drafts: [], said: parsed.ghost, find: parsed.text });
  if (parsed.kind === 'help') return done({ drafts: [], said: helpSaid(parsed.verb) });
  if (parsed.kind === 'needs') {
    const choices = parsed.choices.map((choice) => choice.label).join('; ');
    return refused(`needs.${parsed.what}`, choices ? `${parsed.ask} ${choices}` : parsed.ask, parsed.what);
  }
  const deeds: Deed[] = [];
  for (const call of parsed.calls) {
    const { name, input: of } = confirmed(call, input);
    const checked = CALLS[name].input.safeParse(of);
    if (!checked.success) return { ok: false, refusal: refusalOf(checked.error) };
    const decided = decideAction(name, checked.data as ActionInput<ActionName>, world, means);
    if (!decided.ok) return decided;
    deeds.push(decided.value);
  }
  return done(joined(deeds));
}
