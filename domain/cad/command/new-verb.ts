/**
 * `NEW 1502 Main St/CHEST`: a call that is opened by the line, as F5 opens one by its form. A slash stands between the place, the
 * nature, the priority, when it was answered and a note, for some are said in several words; a place may hold one itself:
 * `NEW OAK/MAIN/CHEST`. `NEW OAK/MAIN/CHEST/1402`: what was written on paper first was answered then.
 */
import type { ActionCall } from '../actions/inputs.ts';
import { IncidentFieldsSchema, type Priority, PrioritySchema } from '../facts.ts';
import { clockTextOn, lastTimeOfDay } from '../sentences/local-time.ts';
import { PRIORITIES } from './incident-verbs.ts';
import {
  type Choice,
  codeOption,
  findNature,
  type Line,
  naturesMeant,
  needs,
  type Parsed,
  refusal,
  restFrom,
  type Word,
  wordsOf,
} from './reading.ts';
import { AHEAD, timeOfDay } from './time-of-day.ts';
import { verbOf } from './verbs.ts';
import type { Vocabulary } from './vocabulary.ts';

const NEW = 'NEW';

/** Whether a line opens a call: whoever enters it has that one in hand then. */
export const opensCall = (text: string): boolean => verbOf(wordsOf(text)[0]?.text ?? '')?.verb === NEW;

/** What stands between the slashes of a text that begins at `from`, without the space around it, and where. */
function partsOf(text: string, from: number): readonly Word[] {
  let at = from;
  return text.split('/').map((part) => {
    const said = part.trim();
    const begins = at + part.length - part.trimStart().length;
    at += part.length + 1;
    return { text: said, from: begins, to: begins + said.length };
  });
}

/** Which part says the nature: the first after the place that names one, or several; -1 where none does. */
const natureIn = (parts: readonly Word[], { natures }: Vocabulary): number =>
  parts.findIndex(({ text }, i) => i > 0 && findNature(natures(), text) !== null);

function askNature(line: Line, parts: readonly Word[]): Parsed {
  const known = line.vocabulary.natures().map(codeOption);
  const [place, typed] = [parts[0]?.text ?? '', parts[1]];
  if (typed?.text) return needs(line, 'nature', `No nature is called ${typed.text}. Which?`, known, typed);
  const ask = `What is it at ${place}? A slash, then its nature.`;
  const end = line.text.trimEnd().length;
  const options = typed ? known : known.map(({ insert, label }) => ({ insert: `/${insert}`, label }));
  return needs(line, 'nature', ask, options, { text: '', from: end, to: line.text.length });
}

/** No note begins and ends so. */
const LIKE_A_TIME = /^\d{1,2}:\d{2}(:\d{2})?$/;

interface More {
  readonly priority?: Priority;
  /** ms UTC. */
  readonly answeredAt?: number;
  readonly notes?: string;
}

/** What may follow the nature: a priority and when it was answered, in either order, and then a note, slashes and all. */
function moreSaid(line: Line, parts: readonly Word[], from: number): More | Parsed {
  const { now, timeZone } = line.vocabulary;
  let more: More = {};
  for (const part of parts.slice(from)) {
    if (part.text === '') continue;
    const digit = /^P?(\d)$/i.exec(part.text)?.[1];
    if (digit !== undefined && more.priority === undefined) {
      const priority = PrioritySchema.safeParse(digit);
      if (!priority.success) return needs(line, 'priority', 'Priorities are 1 to 4. Which?', PRIORITIES, part);
      more = { ...more, priority: priority.data };
      continue;
    }
    const ofDay = more.answeredAt === undefined ? timeOfDay(part.text) : null;
    if (ofDay === null && more.answeredAt === undefined && LIKE_A_TIME.test(part.text))
      return refusal('time.invalid', `“${part.text}” is not a time. Give it as 1402 or 14:02:07.`, 'answeredAt');
    if (ofDay !== null) {
      more = { ...more, answeredAt: Math.min(now, lastTimeOfDay(ofDay, now + AHEAD, timeZone)) };
      continue;
    }
    return { ...more, notes: line.text.slice(part.from).trim() };
  }
  return more;
}

export function readNew(line: Line): Parsed {
  if (!opensCall(line.text))
    return refusal('command.first', 'NEW opens another call, and stands first: NEW place/nature.');
  const [first] = line.words;
  if (!first) return needs(line, 'text', 'Where, and what? NEW 1502 Main St/CHEST opens a call; F5 opens its form.');
  const parts = partsOf(restFrom(line, 0), first.from);
  const [begins] = parts;
  // A number alone is no place: it may be a call's.
  if (!begins || !/\p{L}/u.test(begins.text))
    return needs(line, 'text', 'Where is it? An address, a corner or a place.', [], begins);
  const at = natureIn(parts, line.vocabulary);
  const said = parts[at];
  if (!said) return askNature(line, parts);
  const found = findNature(line.vocabulary.natures(), said.text);
  if (!found || 'many' in found)
    return needs(line, 'nature', `${said.text} could be several. Which?`, found?.many.map(codeOption), said);
  const place = line.text.slice(begins.from, parts[at - 1]?.to);
  const location = IncidentFieldsSchema.shape.location.safeParse({ text: place });
  if (!location.success)
    return refusal('field.too_long', 'That is too long for a place. Say the rest in a note: N.', 'location');
  const more = moreSaid(line, parts, at + 1);
  if ('kind' in more) return more;
  const { priority, answeredAt, notes } = more;
  const { code, text } = found.one;
  const call: ActionCall = {
    name: 'incident.open',
    input: {
      source: 'call',
      location: { text: place },
      nature: { code, text },
      ...(priority ? { priority } : {}),
      ...(answeredAt === undefined ? {} : { answeredAt }),
      ...(notes ? { notes } : {}),
    },
  };
  const { now, timeZone } = line.vocabulary;
  const ghost = [
    `New call: ${text}, ${place}`,
    ...(priority ? [`priority ${priority}`] : []),
    ...(answeredAt === undefined ? [] : [`answered ${clockTextOn(answeredAt, now, timeZone)}`]),
  ].join(', ');
  return { kind: 'calls', calls: [call], ghost: notes ? `${ghost}; note: ${notes}` : ghost };
}

/** Tab: the natures that what follows the last slash may be the beginning of; none where one is said already. */
export function newCallLines(text: string, vocabulary: Vocabulary, most: number): readonly Choice[] {
  const slash = text.lastIndexOf('/');
  if (slash < 0 || natureIn(partsOf(text.slice(0, slash), 0), vocabulary) > 0) return [];
  return naturesMeant(vocabulary.natures(), text.slice(slash + 1))
    .slice(0, most)
    .map((nature) => ({ line: `${text.slice(0, slash + 1)}${nature.code} `, label: nature.text }));
}
