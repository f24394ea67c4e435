/** What a fact says, as a line of a timeline. Total: a fact that this build cannot read says so. */
import type { Fact } from '../../kernel/fact.ts';
import { FACT_CONTESTED, FACT_SETTLED } from '../../kernel/fold.ts';
import { HLC_MAX_AHEAD_MS } from '../../kernel/hlc.ts';
import { type EntityRef, kindOf } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { INCIDENT_FIELDS } from '../facts.ts';
import type { TimeElement } from '../status.ts';
import { holdSaid } from '../views/hold.ts';
import { NO_NUMBER } from '../views/numbers.ts';
import { callsignOf, commitmentsIn, fieldsOf, numberIn, onIncident, statusesOfUnit, textOf } from '../views/reading.ts';
import { labelOf } from '../views/status-set.ts';
import type { World } from '../views/world.ts';
import { clockText, clockTextOn, zoneOf } from './local-time.ts';
import { listed, locationWords, patientsWords, registerWords, TIME_WORDS, valueWords } from './words.ts';

export interface Said {
  readonly said: string;
  /** What stands behind it: the value before, a reason. Empty where there is nothing. */
  readonly detail: string;
  readonly kind: 'note' | 'change' | 'unit' | 'time' | 'other';
}

export interface Hearing {
  readonly world: World;
  /** The entity in whose timeline it is said; what is plain from there is left out. */
  readonly of: EntityRef;
  /** Another fact by its id, where it is at hand: for what a value was before, and what a verdict is about. */
  readonly fact: (id: string) => Fact | undefined;
}

type Body = { readonly [field: string]: Json | undefined };
type Sentence = (fact: Fact, body: Body, hearing: Hearing) => Said;

const find = (fact: Fact, kind: string): EntityRef | undefined => fact.about.find((ref) => kindOf(ref) === kind);

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Which incident it concerns, said only where the timeline is not that incident's own. */
function where(fact: Fact, { of, world }: Hearing): string {
  const incident = find(fact, 'incident');
  return incident && kindOf(of) === 'unit' ? ` ${world.numberOf(incident)}` : '';
}

function callsign(fact: Fact, { world }: Hearing): string {
  const unit = find(fact, 'unit');
  return unit ? callsignOf(world, unit) : '';
}

/** A field's values before, as far as the facts that this one replaced are at hand. */
function before(field: string, fact: Fact, hearing: Hearing): Json[] {
  return fact.replaces.flatMap((id) => fieldsOf(hearing.fact(id)?.content)[field] ?? []);
}

function fieldsSaid(fact: Fact, body: Body, hearing: Hearing): string[] {
  const { world, of } = hearing;
  const valueSaid = (field: string): string =>
    field === 'location'
      ? locationWords(body[field], before(field, fact, hearing)[0])
      : valueWords(of, field, body[field], world);
  const said = INCIDENT_FIELDS.filter((field) => body[field] !== undefined).map(
    (field) => `${registerWords(field, world)}: ${valueSaid(field)}`,
  );
  const references = Object.entries(fieldsOf(body.references)).map(
    ([system, number]) => `${registerWords(`ref:${system}`, world)}: ${textOf(number) || 'taken back'}`,
  );
  return fact.type === 'incident.opened' ? said : [...said, ...references];
}

/** What the fields were before, as far as the facts that this one replaced are at hand. */
function valuesBefore(fact: Fact, body: Body, hearing: Hearing): string {
  const was: string[] = [];
  for (const field of INCIDENT_FIELDS) {
    if (body[field] === undefined) continue;
    for (const value of before(field, fact, hearing)) {
      const said = field === 'location' ? locationWords(value, body[field]) : null;
      was.push(`was ${said ?? valueWords(hearing.of, field, value, hearing.world)}`);
    }
  }
  for (const system of Object.keys(fieldsOf(body.references))) {
    for (const references of before('references', fact, hearing)) {
      const number = textOf(fieldsOf(references)[system]);
      if (number !== '') was.push(`was ${number}`);
    }
  }
  return was.join(', ');
}

function timeOf(fact: Fact, body: Body, hearing: Hearing): string {
  const element = textOf(body.element);
  return [callsign(fact, hearing), TIME_WORDS[element as TimeElement] ?? element].filter(Boolean).join(' ');
}

/** When the call was answered, where it was opened well after that. */
function answeredBefore(fact: Fact, body: Body, { world }: Hearing): string[] {
  const answered = numberIn(body.answeredAt);
  return answered !== null && fact.at - answered > HLC_MAX_AHEAD_MS
    ? [`answered ${clockTextOn(answered, fact.at, zoneOf(world))}`]
    : [];
}
const opened: Sentence = (fact, body, hearing) => ({
  said: 'Opened',
  detail: [...answeredBefore(fact, body, hearing), ...fieldsSaid(fact, body, hearing)].join(' · '),
  kind: 'other',
});
const edited: Sentence = (fact, body, hearing) => ({
  said: capital(fieldsSaid(fact, body, hearing).join(' · ')),
  detail: valuesBefore(fact, body, hearing),
  kind: 'change',
});
const noted: Sentence = (_fact, body) => ({ said: textOf(body.text), detail: '', kind: 'note' });
const held: Sentence = (_fact, body, { world }) => ({
  said: body.held === true ? 'Held' : 'Taken off hold',
  detail: holdSaid({ reason: textOf(body.reason), until: numberIn(body.until) }, zoneOf(world)),
  kind: 'change',
});
/** What its author was warned of, as they were shown it, and confirmed. */
function confirmedIn(body: Body): string {
  const shown = Array.isArray(body.confirmed) ? body.confirmed : [];
  const said = shown.map((one) => textOf(fieldsOf(one).said)).filter(Boolean);
  return said.length > 0 ? `Confirmed, though warned: ${said.join(' ')}` : '';
}

const closed: Sentence = (_fact, body) => ({
  said: `Closed: ${textOf(body.disposition)}`,
  detail: confirmedIn(body),
  kind: 'other',
});
const reopened: Sentence = (_fact, body) => ({ said: 'Reopened', detail: textOf(body.reason), kind: 'other' });

const linked: Sentence = (fact, body, { of, world }) => {
  const other = fact.about.find((ref) => kindOf(ref) === 'incident' && ref !== of);
  const number = other ? world.numberOf(other) : '';
  return {
    said: body.linked === true ? `Linked with ${number}` : `No longer linked with ${number}`,
    detail: '',
    kind: 'change',
  };
};

const merged: Sentence = (fact, body, { of, world }) => {
  const [from, into] = fact.about.filter((ref) => kindOf(ref) === 'incident');
  const other = from && into ? world.numberOf(of === into ? from : into) : '';
  const here = of === into;
  const said =
    body.merged === true
      ? here
        ? `${other} merged into this`
        : `Merged into ${other}`
      : here
        ? `${other} no longer merged into this`
        : `No longer merged into ${other}`;
  return { said, detail: '', kind: 'change' };
};

const dispatched: Sentence = (fact, body, hearing) => ({
  said: `${callsign(fact, hearing)} dispatched${where(fact, hearing)}`,
  detail: confirmedIn(body),
  kind: 'unit',
});

/**
 * What else its unit is on where a run ends: a unit that was sent to another call and is taken off this one went there, and its own
 * timeline alone would say so.
 */
function goesOnWith(fact: Fact, body: Body, { world }: Hearing): string {
  const here = find(fact, 'incident');
  if (!here || onIncident(textOf(body.standard))) return '';
  const others = commitmentsIn(body).flatMap((ref) => {
    const number = world.numberOf(ref);
    const isSaid = ref === here || textOf(body.reason).includes(number);
    return isSaid ? [] : [number === NO_NUMBER ? 'another call' : number];
  });
  return others.length > 0 ? `and is on ${listed(others)}` : '';
}

const status: Sentence = (fact, body, hearing) => {
  const unit = find(fact, 'unit');
  const statuses = unit ? statusesOfUnit(hearing.world, unit) : [];
  const label = labelOf(statuses, textOf(body.code), textOf(body.standard));
  const to = textOf(fieldsOf(body.destination).name);
  const until = numberIn(body.until);
  const detail = [
    goesOnWith(fact, body, hearing),
    textOf(body.reason),
    textOf(body.post),
    until === null ? '' : `until ${clockText(until, zoneOf(hearing.world))}`,
  ];
  return {
    said: `${callsign(fact, hearing)} ${label}${to ? ` to ${to}` : ''}${where(fact, hearing)}`,
    detail: detail.filter(Boolean).join(' · '),
    kind: 'unit',
  };
};

/** What was said before of the same journey, as far as the facts that this one replaced are at hand. */
function patientsBefore(fact: Fact, body: Body, hearing: Hearing): string {
  const was = fact.replaces.flatMap((id) => {
    const before = fieldsOf(hearing.fact(id)?.content);
    const said = before.journey === body.journey ? numberIn(before.patients) : null;
    return said === null ? [] : [`was ${patientsWords(said)}`];
  });
  return was.join(', ');
}

const patients: Sentence = (fact, body, hearing) => {
  const journey = numberIn(body.journey) ?? 1;
  const on = journey > 1 ? ` on journey ${journey}` : '';
  return {
    said: `${callsign(fact, hearing)} with ${patientsWords(numberIn(body.patients) ?? 1)}${on}${where(fact, hearing)}`,
    detail: patientsBefore(fact, body, hearing),
    kind: 'unit',
  };
};

const committed: Sentence = (fact, body, hearing) => ({
  said: `${callsign(fact, hearing)} settled: ${valueWords(hearing.of, 'commitments', body.commitments, hearing.world)}`,
  detail: '',
  kind: 'unit',
});

const recorded: Sentence = (fact, body, hearing) => ({
  said: `${capital(timeOf(fact, body, hearing))}: ${clockTextOn(numberIn(body.at) ?? 0, fact.at, zoneOf(hearing.world))} recorded`,
  detail: '',
  kind: 'time',
});

const amended: Sentence = (fact, body, hearing) => {
  const at = numberIn(body.at);
  const now = at === null ? 'struck' : `amended to ${clockTextOn(at, fact.at, zoneOf(hearing.world))}`;
  return { said: `${capital(timeOf(fact, body, hearing))}: ${now}`, detail: textOf(body.reason), kind: 'time' };
};

const amendedOfJourney: Sentence = (fact, body, hearing) => {
  const at = numberIn(body.at);
  const now = at === null ? 'struck' : `amended to ${clockTextOn(at, fact.at, zoneOf(hearing.world))}`;
  const what = `${capital(timeOf(fact, body, hearing))} on journey ${numberIn(body.journey) ?? 1}`;
  return { said: `${what}: ${now}`, detail: textOf(body.reason), kind: 'time' };
};

function about(body: Body, hearing: Hearing): string {
  const fact = hearing.fact(textOf(body.fact));
  return fact ? factSaid(fact, hearing).said : 'a fact that is not held here';
}

const contested: Sentence = (_fact, body, hearing) => ({
  said: `Contested: ${about(body, hearing)}`,
  detail: textOf(body.reason),
  kind: 'other',
});
const EMERGENCY_WORDS: { readonly [state: string]: string } = {
  declared: 'EMERGENCY',
  seen: 'emergency seen',
  over: 'emergency over',
};
const emergency: Sentence = (fact, body, hearing) => ({
  said: [callsign(fact, hearing), EMERGENCY_WORDS[textOf(body.emergency)] ?? 'emergency'].filter(Boolean).join(' '),
  detail: '',
  kind: 'other',
});
const settled: Sentence = (_fact, body, hearing) => ({
  said: `${body.verdict === 'confirmed' ? 'Confirmed' : 'Set aside'}: ${about(body, hearing)}`,
  detail: textOf(body.note),
  kind: 'other',
});
const erased: Sentence = (_fact, body) => ({ said: 'Erased', detail: textOf(body.reason), kind: 'other' });

const SENTENCES: { readonly [type: string]: Sentence } = {
  'incident.opened@1': opened,
  'incident.edited@1': edited,
  'incident.noted@1': noted,
  'incident.held@1': held,
  'incident.closed@1': closed,
  'incident.reopened@1': reopened,
  'incident.linked@1': linked,
  'incident.merged@1': merged,
  'unit.dispatched@1': dispatched,
  'unit.status@1': status,
  'unit.patients@1': patients,
  'unit.committed@1': committed,
  'unit.emergency@1': emergency,
  'time.recorded@1': recorded,
  'time.amended@1': amended,
  'journey.amended@1': amendedOfJourney,
  [`${FACT_CONTESTED}@1`]: contested,
  [`${FACT_SETTLED}@1`]: settled,
  'entity.erased@1': erased,
};

/**
 * A fact as a line of a timeline. One of a type or version that this build does not know, or without its content, says that.
 */
export function factSaid(fact: Fact, hearing: Hearing): Said {
  const sentence = SENTENCES[`${fact.type}@${fact.v}`];
  if (fact.content === undefined || !sentence)
    return { said: 'Something that this version cannot read', detail: fact.type, kind: 'other' };
  return sentence(fact, fieldsOf(fact.content), hearing);
}
