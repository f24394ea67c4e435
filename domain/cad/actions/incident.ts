/** Opening and changing incidents. */
import { type Folded, inConflict, shownValue } from '../../kernel/fold.ts';
import { HLC_MAX_AHEAD_MS } from '../../kernel/hlc.ts';
import { type EntityRef, entityRef } from '../../kernel/ids.ts';
import { type Json, sameValue } from '../../kernel/json.ts';
import { done, refused } from '../../kernel/refusal.ts';
import { INCIDENT_FIELDS, type IncidentFields, type NatureValue, type Priority } from '../facts.ts';
import { priorityWith } from '../natures.ts';
import { clockTextOn, zoneOf } from '../sentences/local-time.ts';
import { locationWords, registerWords, valueWords } from '../sentences/words.ts';
import { holdIn, holdOver, holdSaid } from '../views/hold.ts';
import { lifeOf, mergedIntoOf, runsOfIncident } from '../views/reading.ts';
import type { World } from '../views/world.ts';
import type { Decide } from './deed.ts';
import { draftsOf, type Sketch } from './drafting.ts';
import type { ActionInput } from './inputs.ts';
import { incidentIn, openIncidentIn } from './lookup.ts';

/** The priority that a nature gives, by its code. */
function priorityBy(world: World, code: string | undefined): Priority | undefined {
  if (code === undefined) return undefined;
  for (const { body } of world.records('nature')) if (body.code === code) return body.priority;
  return undefined;
}

function fieldsIn(input: IncidentFields): { [field: string]: Json | undefined } {
  return Object.fromEntries(INCIDENT_FIELDS.map((field) => [field, input[field] as Json | undefined]));
}

/** When it was answered, where it is opened well after that, as from paper. */
const answeredSaid = (answeredAt: number, at: number, world: World): string =>
  at - answeredAt > HLC_MAX_AHEAD_MS ? `, answered ${clockTextOn(answeredAt, at, zoneOf(world))}` : '';

export const decideOpen: Decide<ActionInput<'incident.open'>> = (input, world, means) => {
  const at = input.at ?? means.now;
  const number = means.takeNumber();
  const id = means.newId();
  const incident = entityRef('incident', id);
  const fields = { ...fieldsIn(input), priority: input.priority ?? priorityBy(world, input.nature?.code) };
  const body = {
    ...fields,
    number,
    answeredAt: input.answeredAt ?? at,
    source: input.source,
    references: input.references,
  };
  const sketches: Sketch[] = [{ type: 'incident.opened', about: [incident], body, at }];
  const notes = input.notes?.trim();
  if (notes) sketches.push({ type: 'incident.noted', about: [incident], body: { text: notes }, at });
  const what = [input.nature?.text, input.location?.text].filter(Boolean).join(', ');
  return done({
    drafts: draftsOf(sketches, world),
    said: `${number} opened${what ? `: ${what}` : ''}${answeredSaid(body.answeredAt, at, world)}`,
    incident: id,
    number,
  });
};

/** Fields that differ from what stands; one in conflict always counts, for setting it settles it. */
function changesOf(
  folded: Parameters<typeof shownValue>[0],
  values: { readonly [register: string]: Json | undefined },
): string[] {
  return Object.keys(values).filter((register) => {
    const value = values[register];
    return value !== undefined && (inConflict(folded, register) || !sameValue(shownValue(folded, register), value));
  });
}

function chosenIn(folded: Folded): { readonly nature: string | null; readonly priority: Priority | null } {
  const nature = shownValue(folded, 'nature') as unknown as NatureValue | undefined;
  return { nature: nature?.code ?? null, priority: (shownValue(folded, 'priority') as Priority | undefined) ?? null };
}

/** What whoever writes in a merged incident has to know: it is worked under another number. */
function mergedWords(folded: Folded, world: World): string {
  const into = lifeOf(folded, world) === 'merged' ? mergedIntoOf(folded) : null;
  return into ? `; it is merged into ${world.numberOf(into)}` : '';
}

export const decideEdit: Decide<ActionInput<'incident.edit'>> = (input, world, means) => {
  const found = incidentIn(world, input.incident);
  if (!found.ok) return found;
  const { ref, id, number, folded } = found.value;
  const wanted = fieldsIn(input.set);
  const nature = input.set.nature?.code;
  if (nature !== undefined && wanted.priority === undefined)
    wanted.priority = priorityWith(nature, chosenIn(folded), (code) => priorityBy(world, code)) ?? undefined;
  const changed = changesOf(folded, wanted);
  const set = Object.fromEntries(changed.map((field) => [field, wanted[field]]));
  const named = Object.fromEntries(
    Object.entries(input.set.references ?? {}).map(([name, text]) => [`ref:${name}`, text]),
  );
  const references = Object.fromEntries(changesOf(folded, named).map((name) => [name.slice(4), named[name] ?? '']));
  const other = Object.keys(references).length > 0;
  if (changed.length === 0 && !other)
    return done({ drafts: [], said: `${number} stands like that already`, incident: id, number });
  const body = other ? { ...set, references } : set;
  const saidOf = (field: string): string =>
    field === 'location'
      ? locationWords(set[field], shownValue(folded, field))
      : valueWords(ref, field, set[field], world);
  const words = [
    ...changed.map((field) => `${registerWords(field, world)} ${saidOf(field)}`),
    ...Object.entries(references).map(
      ([name, text]) => `${registerWords(`ref:${name}`, world)} ${text || 'taken back'}`,
    ),
  ];
  return done({
    drafts: draftsOf([{ type: 'incident.edited', about: [ref], body, at: input.at ?? means.now }], world, input.shown),
    said: `${number} ${words.join(', ')}${mergedWords(folded, world)}`,
    incident: id,
    number,
  });
};

export const decideNote: Decide<ActionInput<'incident.note'>> = (input, world, means) => {
  const found = incidentIn(world, input.incident);
  if (!found.ok) return found;
  const { ref, id, number, folded } = found.value;
  const text = input.text.trim();
  if (text === '') return refused('field.invalid', 'Write something in the note.', 'text');
  const sketch = { type: 'incident.noted', about: [ref], body: { text }, at: input.at ?? means.now };
  const said = `${number} note added${mergedWords(folded, world)}`;
  return done({ drafts: draftsOf([sketch], world), said, incident: id, number });
};

export const decideHold: Decide<ActionInput<'incident.hold'>> = (input, world, means) => {
  const found = openIncidentIn(world, input.incident);
  if (!found.ok) return found;
  const { ref, id, number, folded } = found.value;
  const before = holdIn(world, folded);
  if (!input.held && !before) return done({ drafts: [], said: `${number} is not on hold`, incident: id, number });
  const after = holdOver(before, input);
  const words = holdSaid(after, zoneOf(world));
  const why = words === '' ? '' : `${after.reason === '' ? ',' : ':'} ${words}`;
  if (input.held && before && before.reason === after.reason && before.until === after.until)
    return done({ drafts: [], said: `${number} is on hold already${why}`, incident: id, number });
  const body = input.held
    ? { held: true, reason: after.reason || undefined, until: after.until ?? undefined }
    : { held: false, reason: input.reason };
  const sketch = { type: 'incident.held', about: [ref], body, at: input.at ?? means.now };
  const isRun = runsOfIncident(world, ref).length > 0;
  const said = input.held
    ? `${number} on hold${isRun ? ' once its units have left it' : ''}${why}`
    : `${number} off hold`;
  return done({ drafts: draftsOf([sketch], world), said, incident: id, number });
};

export const decideReopen: Decide<ActionInput<'incident.reopen'>> = (input, world, means) => {
  const found = incidentIn(world, input.incident);
  if (!found.ok) return found;
  const { ref, id, number, folded } = found.value;
  const life = lifeOf(folded, world);
  if (life === 'merged')
    return refused('incident.merged', `${number} is merged. Take the merge back instead.`, 'incident');
  if (life === 'open') return refused('incident.open', `${number} is open already.`, 'incident');
  const sketch = { type: 'incident.reopened', about: [ref], body: { reason: input.reason }, at: input.at ?? means.now };
  return done({ drafts: draftsOf([sketch], world), said: `${number} reopened`, incident: id, number });
};

export const decideLink: Decide<ActionInput<'incident.link'>> = (input, world, means) => {
  const one = incidentIn(world, input.incident);
  if (!one.ok) return one;
  const other = incidentIn(world, input.other, 'other');
  if (!other.ok) return other;
  const { ref, id, number, folded } = one.value;
  if (other.value.ref === ref) return refused('incident.same', 'An incident cannot be linked with itself.', 'other');
  const register = `link:${other.value.ref}`;
  const linked = shownValue(folded, register) === true;
  const words = input.linked ? 'linked with' : 'not linked with';
  const said = `${number} ${words} ${other.value.number}`;
  if (linked === input.linked && !inConflict(folded, register)) return done({ drafts: [], said, incident: id, number });
  const about: EntityRef[] = [ref, other.value.ref];
  const sketch = { type: 'incident.linked', about, body: { linked: input.linked }, at: input.at ?? means.now };
  return done({ drafts: draftsOf([sketch], world), said, incident: id, number });
};
