/** The text of a file in whichever encoding it was saved. */

/** Byte order marks, and the encoding each announces. */
const MARKS = [
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
] as const;

export interface FileText {
  readonly text: string;
  /** `utf-8`, as the portal writes, or what it had to be taken for. */
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
}

/** UTF-16 by its mark, UTF-8 where every byte of it is, and otherwise what spreadsheets save by default. Never throws. */
export function textOf(bytes: Uint8Array): FileText {
  const marked = MARKS.find(([, mark]) => mark.every((byte, i) => bytes[i] === byte))?.[0];
  if (marked) return { text: new TextDecoder(marked).decode(bytes), encoding: marked };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
  }
}
