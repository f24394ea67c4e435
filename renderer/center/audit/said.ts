/** Entries of the audit in words. Pure. */
import type { AuditEntry, AuditVerification } from '#domain/identity/api/audit.ts';
import type { Json } from '#domain/kernel/json.ts';

/** Who is known by name: people, workstations. */
export type Names = ReadonlyMap<string, string>;

export function actorSaid(actor: string | null, names: Names): string {
  if (actor === null) return 'nobody known';
  if (actor === 'center') return 'the center';
  if (actor === 'operator') return 'the operator';
  if (actor.startsWith('station:')) {
    const station = actor.slice('station:'.length);
    return `workstation ${names.get(station) ?? station.slice(0, 8)}`;
  }
  return names.get(actor) ?? actor;
}

const OPS: { readonly [O in AuditEntry['op']]: string } = {
  insert: 'made',
  update: 'changed',
  delete: 'removed',
  read: 'read',
  act: 'did',
};

/** Tables whose own name does not say to an administrator what stands in them. */
const TABLES: { readonly [table: string]: string } = {
  'identity.totp': 'authenticator app',
  'identity.sso': 'single sign-on',
  'identity.federated': 'link to single sign-on',
  'identity.notice': 'notice about the account',
  'identity.policy': 'security policy',
  'identity.enrolment': 'request to enrol',
  'identity.offline_grant': 'right to sign in offline',
  'identity.sign_in_failures': 'wrong passwords',
  'identity.password_reset': 'code for a new password',
  'kernel.device': 'workstation',
  'kernel.site': 'PSAP',
  'kernel.standing': 'what somebody may at consoles',
  'kernel.module_switch': 'switch of a module',
  'keys.inner': 'key under the organisation’s',
  'keys.organisation': 'organisation key',
  'keys.signing': 'signing key',
  'keys.site': 'site key',
  'keys.destroyed': 'destroyed key',
  'security.event': 'security event',
  'audit.entry': 'audit',
  'audit.retention': 'retention of the audit',
};

/** What an administrator may look for, by table and in words. */
export const TABLES_SAID: readonly (readonly [string, string])[] = [
  ...['identity.person', 'identity.invitation', 'identity.session', 'identity.passkey', 'cad.incident', 'cad.unit'].map(
    (table) => [table, tableSaid(table)] as const,
  ),
  ...Object.entries(TABLES),
].sort(([, a], [, b]) => a.localeCompare(b));

/** `identity.person` → person. */
function tableSaid(table: string): string {
  return TABLES[table] ?? (table.split('.').at(-1) ?? table).replaceAll('_', ' ');
}

/** `changed person`, `did: sign-in refused`. */
export function entrySaid({ op, table, after }: Pick<AuditEntry, 'op' | 'table' | 'after'>): string {
  const act = fieldOf(after, 'act');
  if (op === 'act' || (op === 'read' && act !== null)) return `${act ?? 'acted on'} · ${tableSaid(table)}`;
  return `${OPS[op]} ${tableSaid(table)}`;
}

function fieldOf(value: Json, name: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const field = (value as { readonly [key: string]: Json })[name];
  return typeof field === 'string' ? field : null;
}

export interface Difference {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What became different, field by field; what stayed is left out. */
export function differences(before: Json, after: Json): readonly Difference[] {
  const [old, young] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...old.keys(), ...young.keys()])]
    .map((field) => ({ field, before: old.get(field) ?? null, after: young.get(field) ?? null }))
    .filter((one) => one.before !== one.after)
    .sort((a, b) => a.field.localeCompare(b.field));
}

function fieldsOf(value: Json): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map(value === null ? [] : [['', textOf(value)]]);
  if (Array.isArray(value)) return new Map([['', textOf(value)]]);
  return new Map(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([name, field]) => [name, textOf(field)]),
  );
}

function textOf(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

/** What the chain was held against outside of the database; `newest` is a position in it. */
export function checkpointsSaid({ held, newest, unreadable }: AuditVerification['checkpoints']): string {
  const strange =
    unreadable > 0 ? ` ${unreadable} lines of the checkpoints cannot be read, or are not the center’s.` : '';
  return newest === null
    ? `No checkpoint was there to hold it against: that nothing was cut off is not shown.${strange}`
    : `It agrees with ${held} checkpoints kept outside, the furthest at position ${newest}.${strange}`;
}

/** Whether a field of a row is a moment in ms UTC, by how the product names them. */
export function isMoment(field: string, text: string | null): boolean {
  return text !== null && /(_at|_until|_from|At|Until|^at)$/.test(field) && /^1\d{12}$/.test(text);
}
