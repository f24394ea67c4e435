/** Identifiers. Time and randomness are passed in, so a simulated run makes the same ids from the same seed. */

/** Fills and returns `length` random bytes. */
export type RandomBytes = (length: number) => Uint8Array;
/** The wall clock, milliseconds since 1970-01-01 UTC. */
export type Clock = () => number;

/** `kind:id`, e.g. `incident:0199…`: the name by which facts say what they are about. */
export type EntityRef = `${string}:${string}`;
export type FactId = string;

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

function asUuid(b: Uint8Array): string {
  let s = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) s += '-';
    s += HEX[b[i] ?? 0];
  }
  return s;
}

/** A version 7 UUID (RFC 9562 §5.7): sortable by the millisecond it was made in. */
export function uuidV7(now: number, random: RandomBytes): string {
  const b = new Uint8Array(16);
  b.set(random(10), 6);
  let ms = now;
  for (let i = 5; i >= 0; i--) {
    b[i] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  b[6] = 0x70 | ((b[6] ?? 0) & 0x0f);
  b[8] = 0x80 | ((b[8] ?? 0) & 0x3f);
  return asUuid(b);
}

/** A version 8 UUID from the first 16 bytes of a digest: the same name always gives the same id. */
export function uuidFromDigest(digest: Uint8Array): string {
  const b = digest.slice(0, 16);
  b[6] = 0x80 | ((b[6] ?? 0) & 0x0f);
  b[8] = 0x80 | ((b[8] ?? 0) & 0x3f);
  return asUuid(b);
}

export function entityRef(kind: string, id: string): EntityRef {
  return `${kind}:${id}`;
}

export function kindOf(ref: EntityRef): string {
  return ref.slice(0, ref.indexOf(':'));
}

export function idOf(ref: EntityRef): string {
  return ref.slice(ref.indexOf(':') + 1);
}

/**
 * The assignment of a unit to an incident. Derived, not random: two consoles that blindly send one unit to one
 * incident name the same assignment, so an equal decision stays one. `ordinal` counts how often the author had seen
 * this pair assigned before (0, 1, 2…).
 */
export function assignmentRef(incident: EntityRef, unit: EntityRef, ordinal: number): EntityRef {
  return `assignment:${idOf(incident)}.${idOf(unit)}.${ordinal}`;
}

/** The incident, unit and ordinal that an assignment's name was made from, or null where it is not one. */
export function partsOfAssignment(ref: EntityRef): { incident: EntityRef; unit: EntityRef; ordinal: number } | null {
  if (kindOf(ref) !== 'assignment') return null;
  const [incident, unit, ordinal] = idOf(ref).split('.');
  if (!incident || !unit || ordinal === undefined || !/^\d{1,9}$/.test(ordinal)) return null;
  return { incident: `incident:${incident}`, unit: `unit:${unit}`, ordinal: Number(ordinal) };
}
