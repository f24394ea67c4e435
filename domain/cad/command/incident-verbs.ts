/** Lines about incidents: close, reopen, note, priority, place, nature, alarm, who called, hold, link, merge. */
import type { ActionCall } from '../actions/inputs.ts';
import { IncidentFieldsSchema, PrioritySchema } from '../facts.ts';
import { NATURE_FIT, natureFit } from '../natures.ts';
import { holdOver, holdSaid } from '../views/hold.ts';
import {
  codeOption,
  findCode,
  findIncident,
  findNature,
  incidentOption,
  type Line,
  namesUnits,
  needs,
  type Parsed,
  refusal,
  restAsWord,
  restFrom,
} from './reading.ts';
import { holdTyped, MOST_MINUTES } from './reason-and-minutes.ts';
import { nothingMore, numberOfNone, type Taken, takeIncident, takeIncidentIfNamed, taken } from './take.ts';
import { readClear } from './unit-verbs.ts';
import type { IncidentWord, NatureWord } from './vocabulary.ts';

const one = (call: ActionCall, ghost: string): Parsed => ({ kind: 'calls', calls: [call], ghost });
const MINUTE = 60_000;
const named = (incident: IncidentWord): string => [incident.number, incident.what].filter(Boolean).join(', ');

/** The incident at the first word, unless the words are of a list and mean the selected one. */
function takeIncidentOrCode(line: Line, isOfList: (text: string) => boolean): Taken<IncidentWord> {
  const coded = line.incident && isOfList(restFrom(line, 0));
  return coded ? { ok: true, value: line.incident as IncidentWord, next: 0 } : takeIncident(line, 0);
}

/** `C 10418 TRANS` closes an incident, `C M36` clears a unit. */
export function readClose(line: Line): Parsed {
  const word = line.words[0];
  if (word && namesUnits(line.vocabulary, word.text)) return readClear(line);
  if (!word && !line.incident && line.unit) return readClear(line);
  const incident = takeIncidentOrCode(line, (text) => findCode(line.vocabulary.dispositions(null), text) !== null);
  if (!incident.ok) return incident.answer;
  const known = line.vocabulary.dispositions(incident.value.nature);
  const text = restFrom(line, incident.next);
  const found = findCode(known, text);
  // A number that is none is not of the selected one.
  const none = found || incident.next > 0 ? null : numberOfNone(line, 0, 'disposition');
  if (none) return none;
  if (found && 'many' in found)
    return needs(
      line,
      'disposition',
      `${text} could be several. Which?`,
      found.many.map(codeOption),
      restAsWord(line, incident.next),
    );
  if (!found && (text === '' || known.length > 0)) {
    const ask =
      text === ''
        ? `Close ${incident.value.number} with which disposition?`
        : `No disposition begins with ${text}. Which?`;
    return needs(line, 'disposition', ask, known.map(codeOption), restAsWord(line, incident.next));
  }
  const disposition = found ? found.one.text : text;
  return one(
    { name: 'incident.close', input: { incident: incident.value.id, disposition } },
    `Close ${named(incident.value)}: ${disposition}`,
  );
}

export function readReopen(line: Line): Parsed {
  const incident = takeIncident(line, 0);
  if (!incident.ok) return incident.answer;
  const none = incident.next === 0 ? numberOfNone(line, 0) : null;
  if (none) return none;
  const reason = restFrom(line, incident.next);
  const input = { incident: incident.value.id, ...(reason ? { reason } : {}) };
  return one({ name: 'incident.reopen', input }, `Reopen ${named(incident.value)}`);
}

export function readNote(line: Line): Parsed {
  const incident = takeIncident(line, 0, 'text');
  if (!incident.ok) return incident.answer;
  const text = restFrom(line, incident.next);
  if (text === '') return needs(line, 'text', `Note on ${incident.value.number}:`);
  return one(
    { name: 'incident.note', input: { incident: incident.value.id, text } },
    `Note on ${incident.value.number}: ${text}`,
  );
}

/** The incident that is named, or the selected one where the only word is what is said of it. */
function takeIncidentOf(line: Line, said: RegExp): Taken<IncidentWord> {
  const [only, more] = line.words;
  return line.incident && only && !more && said.test(only.text) ? taken(line.incident, 0) : takeIncident(line, 0);
}

export const PRIORITIES = PrioritySchema.options.map((priority) => ({
  insert: priority,
  label: `priority ${priority}`,
}));

/** `P 10418 1`, or `P 1` for the selected incident. */
export function readPriority(line: Line): Parsed {
  const incident = takeIncidentOf(line, /^[1-4]$/);
  if (!incident.ok) return incident.answer;
  const word = line.words[incident.next];
  if (!word) return needs(line, 'priority', `Priority of ${incident.value.number}?`, PRIORITIES);
  const priority = PrioritySchema.safeParse(word.text);
  if (!priority.success) return needs(line, 'priority', 'Priorities are 1 to 4. Which?', PRIORITIES, word);
  const more = nothingMore(line, incident.next + 1);
  if (more) return more;
  const input = { incident: incident.value.id, set: { priority: priority.data } };
  return one({ name: 'incident.edit', input }, `${incident.value.number} to priority ${priority.data}`);
}

export const ALARMS = [1, 2, 3, 4, 5].map((level) => ({ insert: String(level), label: `alarm ${level}` }));

const LEVEL = /^\d{1,2}$/;

/** `LV 10418 2`, or `LV 2` for the selected incident. */
export function readAlarm(line: Line): Parsed {
  const incident = takeIncidentOf(line, LEVEL);
  if (!incident.ok) return incident.answer;
  const word = line.words[incident.next];
  if (!word) return needs(line, 'alarm', `Alarm level of ${incident.value.number}?`, ALARMS);
  const alarm = IncidentFieldsSchema.shape.alarm.safeParse(LEVEL.test(word.text) ? Number(word.text) : word.text);
  if (!alarm.success) return needs(line, 'alarm', 'Alarm levels are 1 to 20. Which?', ALARMS, word);
  const more = nothingMore(line, incident.next + 1);
  if (more) return more;
  const input = { incident: incident.value.id, set: { alarm: alarm.data } };
  return one({ name: 'incident.edit', input }, `${named(incident.value)} to alarm ${alarm.data}`);
}

const SAID = {
  callback: { what: 'callback', ask: 'What is the number to call back' },
  caller: { what: 'caller', ask: 'Who called' },
  patient: { what: 'patient', ask: 'What is known of the patient' },
} as const;

/** `CB 10418 4155550142`: what the form of a call asks in words; `-` empties it. */
export function readSaid(field: keyof typeof SAID): (line: Line) => Parsed {
  const { what, ask } = SAID[field];
  return (line) => {
    const incident = takeIncident(line, 0, 'text');
    if (!incident.ok) return incident.answer;
    const { id, number } = incident.value;
    const text = restFrom(line, incident.next);
    if (text === '') return needs(line, 'text', `${ask}: ${number}?`);
    const value = text === '-' ? '' : text;
    if (!IncidentFieldsSchema.shape[field].safeParse(value).success)
      return refusal('field.too_long', `That is too long for the ${what}. Say it in a note: N.`, field);
    const input = { incident: id, set: { [field]: value } };
    return one({ name: 'incident.edit', input }, `${number} ${what} ${value === '' ? 'emptied' : value}`);
  };
}

export function readLocation(line: Line): Parsed {
  // A number alone is no place.
  const isAlone = line.words.length === 1;
  const incident = takeIncident(line, 0, isAlone ? 'no text' : 'text');
  if (!incident.ok) return incident.answer;
  const none = isAlone && incident.next === 0 ? numberOfNone(line, 0, 'place') : null;
  if (none) return none;
  const text = restFrom(line, incident.next);
  if (text === '') return needs(line, 'text', `Where is ${incident.value.number}?`);
  const input = { incident: incident.value.id, set: { location: { text } } };
  return one({ name: 'incident.edit', input }, `${incident.value.number} location ${text}`);
}

const isAnotherName = (known: readonly NatureWord[], text: string): boolean =>
  known.some((nature) => natureFit(nature, text)?.fit === NATURE_FIT.alsoCalled);

/** `NAT 10418 FALL`, also by what a nature is called otherwise, or by words of it: `NAT heart attack`. */
export function readNature(line: Line): Parsed {
  const known = line.vocabulary.natures();
  const incident = takeIncidentOrCode(line, (text) => findCode(known, text) !== null || isAnotherName(known, text));
  if (!incident.ok) return incident.answer;
  const text = restFrom(line, incident.next);
  const found = findNature(known, text);
  const at = restAsWord(line, incident.next);
  if (found && 'many' in found)
    return needs(line, 'nature', `${text} could be several. Which?`, found.many.map(codeOption), at);
  if (!found) {
    const ask = text === '' ? `What is ${incident.value.number}?` : `No nature is called ${text}. Which?`;
    return needs(line, 'nature', ask, known.map(codeOption), at);
  }
  const { code, text: words } = found.one;
  const input = { incident: incident.value.id, set: { nature: { code, text: words } } };
  return one({ name: 'incident.edit', input }, `${incident.value.number} nature ${words}`);
}

/** Whether a short number that stands alone is an incident or minutes of the selected one is asked; null where it is clear. */
function incidentOrMinutes(line: Line): Parsed | null {
  const [word, more] = line.words;
  if (!word || more || !line.incident || !/^\d{1,2}$/.test(word.text)) return null;
  const found = findIncident(line.vocabulary, word.text);
  if (!found || ('one' in found && found.one.id === line.incident.id)) return null;
  const { number } = line.incident;
  const minutes = { insert: `. ${word.text}`, label: `${number}: ${countOfMinutes(Number(word.text))}` };
  if ('many' in found)
    return needs(
      line,
      'incident',
      `${word.text} could be several incidents, or minutes of ${number}. Which?`,
      [minutes, ...found.many.map(incidentOption)],
      word,
    );
  const ask = `Is ${word.text} the incident ${found.one.number}, or minutes of ${number}?`;
  return needs(line, 'incident', ask, [incidentOption(found.one), minutes], word);
}

const countOfMinutes = (minutes: number): string => `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;

/** `H 10418 police 20` holds; of one that is held already, what is named is changed and the rest stays. */
export function readHold(line: Line): Parsed {
  const unclear = incidentOrMinutes(line);
  if (unclear) return unclear;
  const incident = takeIncident(line, 0);
  if (!incident.ok) return incident.answer;
  // A number alone may be minutes.
  const none = incident.next === 0 && line.words[1] ? numberOfNone(line, 0) : null;
  if (none) return none;
  const { value } = incident;
  const { reason, minutes } = holdTyped(restFrom(line, incident.next));
  if (reason.toUpperCase() === 'OFF')
    return one({ name: 'incident.hold', input: { incident: value.id, held: false } }, `Take ${named(value)} off hold`);
  const { now, timeZone } = line.vocabulary;
  if (reason === '' && minutes === null && value.hold) {
    const said = holdSaid(value.hold, timeZone);
    const ask = `${value.number} is on hold${said ? `: ${said}` : ''}. OFF, another reason, or minutes?`;
    return needs(line, 'reason', ask, [{ insert: 'OFF', label: 'off hold' }]);
  }
  if (minutes !== null && minutes > MOST_MINUTES)
    return refusal('field.invalid', 'That is more than a week: give minutes.', 'until');
  const entered = {
    ...(reason ? { reason } : {}),
    ...(minutes === null ? {} : { until: now + minutes * MINUTE }),
  };
  const after = holdOver(value.hold, entered);
  const said = [
    after.reason,
    minutes === null ? '' : countOfMinutes(minutes),
    holdSaid({ ...after, reason: '' }, timeZone),
  ]
    .filter(Boolean)
    .join(', ');
  return one(
    { name: 'incident.hold', input: { incident: value.id, held: true, ...entered } },
    `Hold ${named(value)}${said ? `: ${said}` : ''}`,
  );
}

/** Two incidents; where one is named, the selected one comes first. */
function takePair(line: Line, ask: string): { first: IncidentWord; second: IncidentWord } | Parsed {
  const first = takeIncident(line, 0);
  if (!first.ok) return first.answer;
  const others = (than: string): { insert: string; label: string }[] =>
    line.vocabulary.incidents
      .open()
      .filter((other) => other.id !== than)
      .map(incidentOption);
  if (first.next === 0) return needs(line, 'incident', ask, others(first.value.id), line.words[0]);
  const second = takeIncidentIfNamed(line, first.next);
  if (!second.ok) return second.answer;
  const more = nothingMore(line, second.next);
  if (more) return more;
  const pair = second.value
    ? { first: first.value, second: second.value }
    : { first: line.incident, second: first.value };
  if (!pair.first || pair.first.id === pair.second.id)
    return needs(line, 'incident', ask, others(first.value.id), second.value ? line.words[first.next] : undefined);
  return { first: pair.first, second: pair.second };
}

export function readLink(line: Line, linked: boolean): Parsed {
  const pair = takePair(line, 'With which incident?');
  if ('kind' in pair) return pair;
  const input = { incident: pair.first.id, other: pair.second.id, linked };
  const words = linked ? 'Link' : 'Take back the link of';
  return one({ name: 'incident.link', input }, `${words} ${named(pair.first)} with ${named(pair.second)}`);
}

export function readMerge(line: Line): Parsed {
  const pair = takePair(line, 'Into which incident?');
  if ('kind' in pair) return pair;
  const input = { incident: pair.first.id, into: pair.second.id, merged: true };
  return one({ name: 'incident.merge', input }, `Merge ${named(pair.first)} into ${named(pair.second)}`);
}

export function readUnmerge(line: Line): Parsed {
  const incident = takeIncident(line, 0);
  if (!incident.ok) return incident.answer;
  const more = nothingMore(line, incident.next);
  if (more) return more;
  const { id, number } = incident.value;
  return one(
    { name: 'incident.merge', input: { incident: id, into: id, merged: false } },
    `Take back the merge of ${number}`,
  );
}
