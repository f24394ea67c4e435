/** The roster kinds that are set up on screen: their fields, how they are typed, and how typed text becomes a record. Pure. */
import { ROSTER_SCHEMAS, type RosterKind } from '#domain/cad/roster.ts';
import type { Json } from '#domain/kernel/json.ts';
import { refusalOf } from '#domain/kernel/refusal.ts';

export interface SetupField {
  readonly name: string;
  readonly label: string;
  readonly as: 'text' | 'list' | 'yes' | 'choice' | 'record';
  /** Choices, or the kind of record it names. */
  readonly of?: readonly string[] | RosterKind;
  /** What a choice is called, where that is not what it is. */
  readonly words?: { readonly [choice: string]: string };
  readonly optional?: boolean;
  /** What it is for, or what is usual there. */
  readonly hint?: string;
}

export interface SetupKind {
  readonly kind: RosterKind;
  readonly title: string;
  readonly one: string;
  readonly fields: readonly SetupField[];
  /** What a row is listed by. */
  readonly named: (body: { readonly [key: string]: Json }) => string;
  /** Fixed parts of a new record. */
  readonly begin: { readonly [key: string]: Json };
  readonly only?: (body: { readonly [key: string]: Json }) => boolean;
}

const facility = (kind: 'station' | 'post' | 'hospital', title: string, one: string): SetupKind => ({
  kind: 'facility',
  title,
  one,
  begin: { kind },
  only: (body) => body.kind === kind,
  named: (body) => `${body.short} · ${body.name}`,
  fields: [
    { name: 'name', label: 'Full name', as: 'text' },
    { name: 'short', label: 'Short name', as: 'text', hint: 'As it is typed in a command: MERCY, ST36.' },
    { name: 'address', label: 'Address', as: 'text', optional: true },
    { name: 'zone', label: 'Zone', as: 'text', optional: true, hint: 'The beat or response zone it lies in.' },
  ],
});

export const SETUP_KINDS: readonly SetupKind[] = [
  {
    kind: 'agency',
    title: 'Agencies',
    one: 'agency',
    begin: {},
    named: (body) => `${body.short} · ${body.name}`,
    fields: [
      { name: 'name', label: 'Full name', as: 'text' },
      { name: 'short', label: 'Short name', as: 'text', hint: 'At most 12 characters: HCEMS.' },
      {
        name: 'discipline',
        label: 'Discipline',
        as: 'choice',
        of: ['ems', 'fire', 'law', 'other'],
        words: { ems: 'EMS', fire: 'Fire', law: 'Law enforcement', other: 'Other' },
      },
    ],
  },
  {
    kind: 'roster_unit',
    title: 'Units',
    one: 'unit',
    begin: { active: true, capabilities: [] },
    named: (body) => `${body.callsign} · ${body.kind}${body.active ? '' : ' (not in use)'}`,
    fields: [
      {
        name: 'callsign',
        label: 'Callsign',
        as: 'text',
        hint: 'Letters and digits, signs such as - / . _ + & between them: M36.',
      },
      { name: 'kind', label: 'Kind', as: 'text', hint: 'ambulance, engine, ladder…: the board has a column for each.' },
      { name: 'agency', label: 'Agency', as: 'record', of: 'agency' },
      { name: 'home', label: 'Home', as: 'record', of: 'facility', hint: 'The station or post it starts from.' },
      {
        name: 'capabilities',
        label: 'Capabilities, with commas',
        as: 'list',
        hint: 'ALS, bariatric. May be left out.',
      },
      { name: 'active', label: 'In use', as: 'yes' },
    ],
  },
  facility('station', 'Stations', 'station'),
  facility('post', 'Posts', 'post'),
  facility('hospital', 'Hospitals', 'hospital'),
  {
    kind: 'nature',
    title: 'Natures',
    one: 'nature',
    begin: {},
    named: (body) => `${body.code} · ${body.text} · P${body.priority}`,
    fields: [
      { name: 'code', label: 'Code', as: 'text', hint: 'Short, as it is typed when a call is taken: CHEST.' },
      { name: 'text', label: 'Words', as: 'text', hint: 'What is shown: Chest pain.' },
      { name: 'priority', label: 'Its priority', as: 'choice', of: ['1', '2', '3', '4'] },
      { name: 'needs', label: 'Needs', as: 'text', optional: true, hint: 'What such a call wants sent: ALS + engine.' },
      { name: 'endings', label: 'Mostly ends in, codes with commas', as: 'list', optional: true },
      {
        name: 'alsoCalled',
        label: 'Also called, with commas',
        as: 'list',
        optional: true,
        hint: 'What callers and crews say: heart attack, MI. It is found by these too.',
      },
    ],
  },
  {
    kind: 'position',
    title: 'Positions',
    one: 'position',
    begin: {},
    named: (body) => `${body.name}${body.covers ? ` · ${body.covers}` : ''}`,
    fields: [
      { name: 'name', label: 'Name', as: 'text', hint: 'Of one seat in the room: 1, Fire 2.' },
      { name: 'covers', label: 'What it covers', as: 'text', hint: 'North, fire, call taking. May be left out.' },
      { name: 'secured', label: 'In a secured room: does not lock by itself', as: 'yes' },
    ],
  },
  {
    kind: 'disposition',
    title: 'Dispositions',
    one: 'disposition',
    begin: {},
    named: (body) => `${body.code} · ${body.text}`,
    fields: [
      { name: 'code', label: 'Code', as: 'text', hint: 'As it is typed when an incident is closed: REFUSED.' },
      { name: 'text', label: 'Words', as: 'text', hint: 'What is shown: Patient refused care.' },
    ],
  },
];

export type Typed = { readonly [field: string]: string };

/** A record as it stands in the form. */
export function typedOf(kind: SetupKind, body: { readonly [key: string]: Json }): Typed {
  return Object.fromEntries(
    kind.fields.map((field) => {
      const value = body[field.name];
      if (Array.isArray(value)) return [field.name, value.join(', ')];
      if (typeof value === 'boolean') return [field.name, value ? 'yes' : ''];
      return [field.name, typeof value === 'string' ? value : ''];
    }),
  );
}

export type Built =
  | { readonly ok: true; readonly body: { readonly [key: string]: Json } }
  | { readonly ok: false; readonly field: string; readonly why: string };

/** A record out of the form. What the form does not show stays as it was. */
export function builtFrom(kind: SetupKind, before: { readonly [key: string]: Json }, typed: Typed): Built {
  const body: Record<string, Json> = { ...kind.begin, ...before };
  for (const field of kind.fields) {
    const text = (typed[field.name] ?? '').trim();
    if (field.optional && text === '') delete body[field.name];
    else if (field.as === 'list') body[field.name] = text === '' ? [] : text.split(/\s*,\s*/).filter(Boolean);
    else if (field.as === 'yes') body[field.name] = text === 'yes';
    else if (field.as === 'record') body[field.name] = text === '' ? null : text;
    else body[field.name] = field.name === 'callsign' ? text.toUpperCase().normalize('NFC') : text;
  }
  const read = ROSTER_SCHEMAS[kind.kind].safeParse(body);
  if (read.success) return { ok: true, body };
  const refusal = refusalOf(read.error);
  const field = kind.fields.find((one) => one.name === refusal.field);
  return {
    ok: false,
    field: refusal.field ?? '',
    why: field ? refusal.message.replace(refusal.field ?? '', field.label) : refusal.message,
  };
}
