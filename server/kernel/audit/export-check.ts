/** Holds a file of exported audit against itself, its signatures and the checkpoints, without a center. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { signatureHolds } from '#sealing/signing.ts';
import type { Checkpoint } from './checkpoints.ts';
import { EndLine, type ExportHead, type ExportSeal, endText, HeadLine, SealLine } from './export-file.ts';
import { sealText } from './sealer.ts';

export interface CheckedExport {
  readonly head: ExportHead | null;
  readonly seals: number;
  readonly entries: number;
  /** Public keys that signed what is in it; whether they are the center's is for whoever checks to know. */
  readonly keys: readonly string[];
  /** How many of the checkpoints it was held against are in it. */
  readonly checkpoints: number;
  /** Line (from 1) at which it first does not hold, and why; null where all does. */
  readonly broken: { readonly line: number; readonly why: string } | null;
}

export interface HeldAgainst {
  /** The center's keys, where they are known: what another signed does not hold. */
  readonly keys?: readonly string[];
  readonly checkpoints?: (org: string) => AsyncIterable<Checkpoint | null>;
}

class Broken extends Error {}

/** Holds a file's lines (without their line ends) against what they say of each other, and against keys and checkpoints. */
export async function checkExport(lines: AsyncIterable<string>, against: HeldAgainst = {}): Promise<CheckedExport> {
  const check = checker(against);
  try {
    for await (const text of lines) await check.line(text);
    check.finish();
    return { ...check.said(), broken: null };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const { line, ...said } = check.said();
    return { ...said, broken: { line, why: error.message } };
  }
}

interface Checking {
  line: number;
  head: ExportHead | null;
  before: ExportSeal | null;
  open: OpenSeal | null;
  ended: boolean;
  seals: number;
  entries: number;
  checkpoints: number;
}

function checker(against: HeldAgainst): {
  readonly line: (text: string) => Promise<void>;
  readonly finish: () => void;
  readonly said: () => Omit<CheckedExport, 'broken'> & { readonly line: number };
} {
  const digest = createHash('sha256');
  const keys = new Set<string>();
  const outside = new Map<number, string>();
  const at: Checking = {
    line: 0,
    head: null,
    before: null,
    open: null,
    ended: false,
    seals: 0,
    entries: 0,
    checkpoints: 0,
  };

  const signedBy = (key: string | null, text: string, sig: string | null): boolean => {
    if (key === null || sig === null || !signatureHolds(key, text, sig)) return false;
    keys.add(key);
    return against.keys === undefined || against.keys.includes(key);
  };
  const begin = async (head: ExportHead): Promise<void> => {
    at.head = head;
    for await (const one of against.checkpoints?.(head.org) ?? []) {
      if (one && !outside.has(one.position)) outside.set(one.position, one.hash);
    }
  };
  const closeSeal = (head: ExportHead): void => {
    const { open, before } = at;
    if (!open) return;
    const { seal } = open;
    const { position } = seal;
    const follows = before === null ? head.from : before.position + 1;
    if (head.whole && position !== follows) throw new Broken(`position ${follows} is missing`);
    if (hashOf(open) !== seal.hash) {
      throw new Broken(`the entries under position ${position} are not those that were sealed`);
    }
    if (before && position === before.position + 1 && seal.previous !== before.hash) {
      throw new Broken(`position ${position} does not follow the one before it`);
    }
    if (!signedBy(seal.key, sealText(head.org, position, seal.total, seal.hash), seal.sig)) {
      throw new Broken(`the signature of position ${position} is not the center’s`);
    }
    const noted = outside.get(position);
    if (noted !== undefined && noted !== seal.hash) {
      throw new Broken(`position ${position} is another than its checkpoint`);
    }
    if (noted !== undefined) at.checkpoints++;
    at.seals++;
    at.before = seal;
    at.open = null;
  };
  const end = (head: ExportHead, text: string): void => {
    closeSeal(head);
    const said = readLine(text, EndLine).end;
    if (head.whole && (at.before?.position ?? 0) !== head.to) throw new Broken('seals are missing at its end');
    if (said.seals !== at.seals || said.entries !== at.entries || said.digest !== digest.digest('hex')) {
      throw new Broken('it is not as the center ended it');
    }
    if (!signedBy(said.key, endText(head.org, head.request, said), said.sig)) {
      throw new Broken('the signature at its end is not the center’s');
    }
    at.ended = true;
  };
  const seal = (head: ExportHead, text: string): void => {
    closeSeal(head);
    at.open = opened(readLine(text, SealLine).seal);
  };

  return {
    line: async (text) => {
      at.line++;
      if (at.ended) throw new Broken('there is more after the end');
      if (at.head === null) await begin(readLine(text, HeadLine).export);
      else if (at.open && at.open.missing > 0) {
        takeEntry(at.open, text);
        at.entries++;
      } else if (text.startsWith('{"end":')) return end(at.head, text);
      else seal(at.head, text);
      digest.update(`${text}\n`);
    },
    finish: () => {
      if (!at.ended) throw new Broken('it is cut off: there is no end');
    },
    said: () => {
      const { line, head, seals, entries, checkpoints } = at;
      return { line, head, seals, entries, checkpoints, keys: [...keys] };
    },
  };
}

interface OpenSeal {
  readonly seal: ExportSeal;
  readonly leaves: readonly string[] | null;
  readonly taken: string[];
  missing: number;
}

function opened(seal: ExportSeal): OpenSeal {
  if (seal.leaves === null || seal.places === null) return { seal, leaves: null, taken: [], missing: seal.entries };
  const bytes = Buffer.from(seal.leaves, 'base64');
  if (bytes.length !== 32 * seal.entries) throw new Broken(`position ${seal.position} does not name its entries`);
  const leaves = Array.from({ length: seal.entries }, (_, n) => bytes.subarray(n * 32, n * 32 + 32).toString('hex'));
  return { seal, leaves, taken: [], missing: seal.places.length };
}

function takeEntry(open: OpenSeal, text: string): void {
  const hash = createHash('sha256').update(text).digest('hex');
  const place = open.seal.places?.[open.taken.length];
  if (open.leaves && place !== undefined && open.leaves[place] !== hash) {
    throw new Broken(`this entry is not one that was sealed under position ${open.seal.position}`);
  }
  open.taken.push(hash);
  open.missing--;
}

function hashOf({ seal, leaves, taken }: OpenSeal): string {
  const digest = createHash('sha256').update(Buffer.from(seal.previous, 'hex'));
  for (const leaf of leaves ?? taken) digest.update(Buffer.from(leaf, 'hex'));
  return digest.digest('hex');
}

function readLine<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Broken('this line is not what belongs here');
  }
}
