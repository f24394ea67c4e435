/** JSON as PostgreSQL can keep it: its text has no NUL, and no half of a surrogate pair. */
import type { Json } from '#domain/kernel/json.ts';

const UNSTORABLE = /[\0\p{Cs}]/gu;

/**
 * The value with U+FFFD in place of what cannot be kept, names of fields included; the very same value where all of it can.
 * What somebody signed says what it says: a row drawn from it must not be what keeps it from being taken.
 */
export function storable<T extends Json>(value: T): T {
  return cleaned(value) as T;
}

function cleaned(value: Json): Json {
  if (typeof value === 'string') return value.search(UNSTORABLE) < 0 ? value : value.replace(UNSTORABLE, '\ufffd');
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(cleaned);
    return items.every((item, i) => item === (value as readonly Json[])[i]) ? value : items;
  }
  let changed = false;
  const entries = Object.entries(value).map(([name, item]): [string, Json] => {
    // A field that is not there stays so.
    const next: [string, Json] = [cleaned(name) as string, item === undefined ? item : cleaned(item)];
    changed ||= next[0] !== name || next[1] !== item;
    return next;
  });
  return changed ? Object.fromEntries(entries) : value;
}
