/**
 * What is left of a damaged store. Every page that can be decrypted is looked at by itself, tables are told by the shape of
 * their rows, and of two versions of a row the later written counts, but for one of a damaged page, which never takes the
 * place of a whole one. Nothing here is trusted: frames are verified again when they are taken.
 */
import { z } from 'zod';
import { type KeyEnvelope, KeyEnvelopeSchema } from '../../../domain/kernel/envelope.ts';
import { EntityRefSchema, type FactHeader, type Frame, FrameSchema, readHeader } from '../../../domain/kernel/fact.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import type { RecordVersion } from '../../../domain/kernel/stream.ts';
import { sha256 } from '../../../sealing/digest.ts';
import { unpack } from '../facts/facts.ts';
import { openPages, type PageImage } from '../file/sqlcipher-pages.ts';
import { type Cell, rowsOf } from '../file/sqlite-rows.ts';
import type { MetaKey } from '../meta.ts';

export interface CarvedLog {
  readonly seq: number;
  readonly own: boolean;
}

export interface CarvedRequest {
  readonly request: unknown;
  readonly entity: string | null;
  readonly state: 'waiting' | 'refused';
  /** The center's; undefined while it waits. */
  readonly answer: unknown;
}

export interface Carved {
  /** By log, then position: every version found, those of undamaged pages first. */
  readonly frames: ReadonlyMap<string, ReadonlyMap<number, readonly Frame[]>>;
  /** Those whose key's name is lost with its page, with their bodies. */
  readonly unnamed: readonly Frame[];
  readonly keys: readonly KeyEnvelope[];
  /** What was erased: its keys are not to come back, whatever copy of them lies here or comes later. */
  readonly erased: readonly EntityRef[];
  readonly logs: ReadonlyMap<string, CarvedLog>;
  readonly meta: ReadonlyMap<MetaKey, unknown>;
  readonly values: readonly (readonly [space: string, owner: string, key: string, value: unknown])[];
  readonly grants: readonly (readonly [grant: unknown, verifier: string])[];
  /** Records of whole pages alone, for nothing in one tells whether it is what was written. */
  readonly records: readonly RecordVersion[];
  /** Requests that somebody still has to see to, in their order: those that were waiting, and those refused with why. */
  readonly requests: readonly CarvedRequest[];
  readonly damagedPages: number;
}

const META: readonly string[] = [
  'identity',
  'deviceKey',
  'siteKeys',
  'roster',
  'emit',
  'older',
  'heard',
  'ownLog',
  'offset',
] satisfies MetaKey[];
const SPACES = ['draft', 'layout', 'setting', 'document', 'read'];
/** How long rows of logs are: of the first schema, of the second, and since the fourth. */
const LOG_COLUMNS: ReadonlySet<number> = new Set([12, 13, 14]);

const BodySchema = z.record(z.string(), z.json());

interface RawFact {
  readonly header: FactHeader;
  readonly h: string;
  readonly s: string;
  readonly k: number | null;
  readonly b: string | null;
  readonly intact: boolean;
}

/** A row of a record: its kind, id, version and body, null for one that is archived; and, since the fifth schema, its incident. */
function recordIn([kind, id, version, body, ...rest]: readonly Cell[]): RecordVersion | null {
  if (typeof kind !== 'string' || typeof id !== 'string' || typeof version !== 'number' || rest.length > 1) return null;
  if (body === null) return { kind, id, version, body };
  const read = typeof body === 'string' ? BodySchema.safeParse(parse(body)) : null;
  return read?.success ? { kind, id, version, body: read.data } : null;
}

/** What waited since the store was read out before. */
interface Waiting {
  readonly header: FactHeader;
  readonly frame: Frame;
  /** Its key's name is known. */
  readonly isNamed: boolean;
}

function waitingIn(row: unknown): Waiting | null {
  const { under, ...rest } = (row ?? {}) as { readonly under?: unknown };
  const frame = FrameSchema.safeParse(rest);
  const header = frame.success ? readHeader(frame.data.h) : null;
  return frame.success && header ? { header, frame: frame.data, isNamed: under === undefined } : null;
}

type Take = (rowid: number | null, cells: readonly Cell[], intact: boolean) => void;

interface Rows<V> {
  readonly take: (name: string, row: V, intact: boolean) => void;
  readonly found: () => ReadonlyMap<string, V>;
}

/** Of each name the row that counts. */
function rowsThatCount<V>(): Rows<V> {
  const rows = new Map<string, { readonly row: V; readonly intact: boolean }>();
  return {
    take: (name, row, intact) => {
      if (intact || !rows.get(name)?.intact) rows.set(name, { row, intact });
    },
    found: () => new Map([...rows].map(([name, { row }]) => [name, row])),
  };
}

/**
 * Whatever can be read of a file, page by page, whether or not anything leads to the page. Never throws for what is damaged.
 */
export function carve(path: string, key: Uint8Array | null): Carved {
  const facts = new Map<string, RawFact>();
  const keyIds = rowsThatCount<string>();
  const keys = rowsThatCount<KeyEnvelope>();
  const erased = new Set<EntityRef>();
  const logs = rowsThatCount<CarvedLog>();
  const waiting = rowsThatCount<Waiting>();
  const meta = rowsThatCount<unknown>();
  const values = rowsThatCount<readonly [string, string, string, unknown]>();
  const grants = rowsThatCount<readonly [unknown, string]>();
  const records = rowsThatCount<RecordVersion>();
  const requests = rowsThatCount<{ readonly num: number; readonly left: CarvedRequest | null }>();

  const take: Take = (rowid, cells, intact) => {
    const text = (i: number): string | null => (typeof cells[i] === 'string' ? (cells[i] as string) : null);
    const number = (i: number): number => (typeof cells[i] === 'number' ? (cells[i] as number) : 0);
    const [one, two] = [text(1), text(2)];
    if (rowid !== null && cells[0] === null) {
      if (cells.length === 5 && one?.startsWith('{"f":1')) {
        const header = readHeader(one);
        const [s, k, b] = [cells[2], cells[3], cells[4]];
        if (!header || s === null || s === undefined || typeof s === 'number' || typeof b === 'number') return;
        const body = b === null || b === undefined ? null : unpack(b);
        const fact = { header, h: one, s: unpack(s), k: typeof k === 'number' ? k : null, b: body, intact };
        const version = sha256(`${fact.h} ${fact.s} ${fact.b}`);
        if (!facts.get(version)?.intact) facts.set(version, fact);
      } else if (cells.length === 4 && one !== null) {
        const envelope = KeyEnvelopeSchema.safeParse(parse(text(3)));
        // A name is a few bytes that say nothing of themselves: of a damaged page counts what the envelope says it is.
        if (envelope.success) {
          keyIds.take(String(rowid), envelope.data.id, intact);
          keys.take(envelope.data.id, envelope.data, intact);
        } else if (intact) keyIds.take(String(rowid), one, intact);
      } else if (cells.length === 9 && one !== null && text(7) !== null) {
        const [request, entity, answer] = [parse(text(7)), text(6), parse(text(8))];
        const isLeft = two === 'waiting' || (two === 'refused' && answer !== undefined);
        requests.take(one, { num: rowid, left: isLeft ? { request, entity, state: two, answer } : null }, intact);
      } else if (LOG_COLUMNS.has(cells.length) && one !== null && typeof cells[5] === 'number') {
        logs.take(one, { seq: number(5), own: number(4) === 1 }, intact);
      }
      return;
    }
    const zero = text(0);
    if (rowid !== null || zero === null) return;
    if (cells.length === 1) {
      const ref = intact ? EntityRefSchema.safeParse(zero) : null;
      if (ref?.success) erased.add(ref.data);
    } else if (cells.length === 2 && META.includes(zero)) meta.take(zero, parse(one), intact);
    else if (cells.length === 4 && SPACES.includes(zero) && one !== null && two !== null) {
      values.take(JSON.stringify([zero, one, two]), [zero, one, two, parse(text(3))], intact);
    } else if (cells.length >= 4 && intact) {
      const record = recordIn(cells);
      if (record) records.take(JSON.stringify([record.kind, record.id]), record, intact);
    } else if (cells.length === 3 && one?.startsWith('{"id"') && two !== null)
      grants.take(zero, [parse(one), two], intact);
    else if (cells.length === 3 && typeof cells[1] === 'number' && two?.startsWith('{"h"')) {
      const row = waitingIn(parse(two));
      if (row) waiting.take(`${zero} ${cells[1]}`, row, intact);
    }
  };

  const damagedPages = lookAt(path, key, take);
  const names = keyIds.found();
  const frames = new Map<string, Map<number, Frame[]>>();
  for (const intact of [true, false]) {
    for (const fact of facts.values()) {
      if (fact.intact !== intact) continue;
      const of = frames.get(fact.header.log) ?? new Map<number, Frame[]>();
      frames.set(fact.header.log, of);
      of.set(fact.header.seq, [...(of.get(fact.header.seq) ?? []), frameOf(fact, names)]);
    }
  }
  const unnamed: Frame[] = [...facts.values()].flatMap(({ h, s, k, b }) =>
    k !== null && b !== null && !names.has(String(k)) ? [{ h, s, k: null, b }] : [],
  );
  for (const { header, frame, isNamed } of waiting.found().values()) {
    const of = frames.get(header.log) ?? new Map<number, Frame[]>();
    if (!isNamed) unnamed.push({ ...frame, k: null });
    else frames.set(header.log, of.set(header.seq, [...(of.get(header.seq) ?? []), frame]));
  }
  return {
    frames,
    unnamed,
    keys: [...keys.found().values()],
    erased: [...erased],
    logs: logs.found(),
    meta: meta.found() as ReadonlyMap<MetaKey, unknown>,
    values: [...values.found().values()],
    grants: [...grants.found().values()],
    records: [...records.found().values()],
    requests: [...requests.found().values()].sort((a, b) => a.num - b.num).flatMap(({ left }) => left ?? []),
    damagedPages,
  };
}

/** A body whose key's name is lost with its page is opened by nobody until that is found: meanwhile the header is alone. */
function frameOf({ h, s, k, b }: RawFact, keyIds: ReadonlyMap<string, string>): Frame {
  const named = k === null ? null : (keyIds.get(String(k)) ?? null);
  return k !== null && named === null ? { h, s, k: null, b: null } : { h, s, k: named, b };
}

/** Shows `take` the rows of every page, the file's first and then the WAL's as they were written; counts damaged ones. */
function lookAt(path: string, key: Uint8Array | null, take: Take): number {
  const pages = openPages(path, key);
  try {
    let damaged = 0;
    const inWal = new Map<number, number>();
    for (let place = 0; place < pages.frames; place++) {
      const image = pages.frame(place);
      if (image?.intact) inWal.set(image.number, place);
    }
    const overflow = (number: number): Buffer | null => {
      const place = inWal.get(number);
      return (place === undefined ? pages.page(number) : pages.frame(place))?.bytes ?? null;
    };
    const look = (image: PageImage | null): void => {
      if (!image) return;
      if (!image.intact) damaged++;
      for (const { rowid, cells } of rowsOf(image, overflow)) take(rowid, cells, image.intact);
    };
    for (let number = 1; number <= pages.pages; number++) look(pages.page(number));
    for (let place = 0; place < pages.frames; place++) look(pages.frame(place));
    return damaged;
  } finally {
    pages.close();
  }
}

function parse(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
