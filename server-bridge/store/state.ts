/**
 * The states in which a store cannot be worked with, each with one plain sentence and a way out. None of them is ever
 * answered by quietly beginning a new store.
 */
const STORE_STATES = [
  'missing key',
  'wrong key',
  'corrupted',
  'newer schema',
  'disk full',
  'in use',
  'unwritable',
  'not enrolled',
] as const;
export type StoreState = (typeof STORE_STATES)[number];

export interface StoreTrouble {
  readonly ok: false;
  readonly state: StoreState;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** One sentence: what to do about it. */
  readonly wayOut: string;
}

const WORDS: { readonly [S in StoreState]: readonly [message: string, wayOut: string] } = {
  'missing key': [
    'This workstation’s store is there, but none of its key slots holds the key.',
    'Start it with its passphrase in QD_PASSPHRASE or as the user whose keychain holds the key, or enrol this workstation again: it refills from the center and from its peers.',
  ],
  'wrong key': [
    'The key does not belong to this store.',
    'Put back the key that belongs to it, or enrol this workstation again: it refills from the center and from its peers.',
  ],
  corrupted: [
    'The store on this disk is damaged.',
    'It is set aside, what had not been sent is read out of it, and the store refills from the center and from its peers.',
  ],
  'newer schema': [
    'This store was written by a newer version of Quantum Dispatch.',
    'Install that version or a later one on this workstation.',
  ],
  'disk full': [
    'The disk is full: nothing more can be recorded.',
    'Free some space on this disk; work goes on at once.',
  ],
  'in use': [
    'Another process on this workstation has this store open.',
    'Use the console that is already running, or end it first.',
  ],
  unwritable: [
    'The folder of the store cannot be written.',
    'Check its owner and permissions, or choose another folder.',
  ],
  'not enrolled': [
    'This store does not know which workstation it belongs to.',
    'Enrol this workstation with a code from the center.',
  ],
};

export function troubleOf(state: StoreState, detail = ''): StoreTrouble {
  const [message, wayOut] = WORDS[state];
  return { ok: false, state, message: withDetail(message, detail), wayOut };
}

function withDetail(message: string, detail: string): string {
  return detail ? `${message} (${detail})` : message;
}

/** Of a store that was opened, its folder could be written until now: who is told so sits at a console. */
const UNWRITABLE_NOW = [
  'The disk cannot be written any more: nothing more can be recorded.',
  'Work at another console, and have somebody see to the disk of this one; work goes on at once when it can be written again.',
] as const;

/** Thrown by a method of an open store when the disk refuses: nothing of the call was kept. */
export class StoreFailure extends Error {
  readonly state: StoreState;
  readonly wayOut: string;
  constructor(state: StoreState, detail = '') {
    const [message, wayOut] = state === 'unwritable' ? UNWRITABLE_NOW : WORDS[state];
    super(withDetail(message, detail));
    this.state = state;
    this.wayOut = wayOut;
  }
}

/** What a disk may say that takes nothing now, and may take it again: it is full, or was remounted to be read alone. */
export type Refusing = Extract<StoreState, 'disk full' | 'unwritable'>;

/** Whether an error is of such a disk. */
export function takesNothing(error: unknown): error is StoreFailure & { readonly state: Refusing } {
  return error instanceof StoreFailure && (error.state === 'disk full' || error.state === 'unwritable');
}

/** Keeps something that may be done without: false where the disk takes nothing. Whatever else goes wrong is thrown. */
export function keptIfRoom(keep: () => void): boolean {
  try {
    keep();
    return true;
  } catch (failure) {
    if (takesNothing(failure)) return false;
    throw failure;
  }
}

/** The state that an error of SQLite or of the file system stands for; null where it is neither. */
export function stateOf(error: unknown): StoreState | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== 'string') return null;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'disk full';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'in use';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_IOERR_SHORT_READ')
    return 'corrupted';
  if (code.startsWith('SQLITE_IOERR_') && /READ|DATA|CORRUPTFS/.test(code)) return 'corrupted';
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_IOERR')) {
    return 'unwritable';
  }
  return ['EACCES', 'EPERM', 'EROFS', 'EIO', 'ENOTDIR', 'ENOENT', 'EEXIST'].includes(code) ? 'unwritable' : null;
}
