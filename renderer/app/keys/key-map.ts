/** Every action that has a key, the key it has by default, and the words the help card uses. Pure. */

export interface KeyedAction {
  readonly action: string;
  readonly key: string;
  readonly title: string;
  readonly group: 'From anywhere' | 'In lists and panels';
  /** Letters work only where nothing is being typed. */
  readonly typing: boolean;
}

const anywhere = (action: string, key: string, title: string): KeyedAction => ({
  action,
  key,
  title,
  group: 'From anywhere',
  typing: true,
});
const inPanels = (action: string, key: string, title: string): KeyedAction => ({
  action,
  key,
  title,
  group: 'In lists and panels',
  typing: false,
});

export const KEYS: readonly KeyedAction[] = [
  anywhere('command', '`', 'Command line; what you were typing stays. Again: types over the line'),
  anywhere('help', 'F1', 'This card'),
  anywhere('go.pending', 'F2', 'Pending'),
  anywhere('go.active', 'F3', 'Active'),
  anywhere('go.closed', 'Shift+F3', 'Recently closed'),
  anywhere('go.units', 'F4', 'Units'),
  anywhere('call.new', 'F5', 'New call'),
  anywhere('panel.close', 'Shift+F5', 'Done with the open call: closes its form, or another panel that comes and goes'),
  anywhere('panel.next', 'F6', 'Next panel'),
  anywhere('panel.previous', 'Shift+F6', 'Previous panel'),
  anywhere(
    'settle.next',
    'F7',
    'Next alarm, then what is to be settled: conflicts, calls decided twice, contested entries',
  ),
  anywhere('accept', 'F8', 'Send the marked units, or begin a dispatch'),
  anywhere('unit.next', 'F9', 'Next status of the selected unit'),
  anywhere('lock', 'F10', 'Lock this console'),
  anywhere('board', 'Escape', 'Back to the board; an open call stays open'),
  ...Array.from({ length: 9 }, (_, i) => anywhere(`layout.${i + 1}`, `Ctrl+${i + 1}`, `Layout ${i + 1}`)),
  inPanels('filter', '/', 'Filter this panel'),
  inPanels('note', 'n', 'Add a note'),
  inPanels('time', 't', 'Amend a time'),
  inPanels('hold', 'h', 'Hold, or release'),
  inPanels('link', 'l', 'Link to another incident'),
  inPanels('merge', 'm', 'Merge into another incident'),
  inPanels('priority', 'p', 'Change the priority'),
  inPanels('cancel', 'x', 'Cancel a unit'),
  inPanels('unit.move', 'v', 'Move the selected unit to another incident'),
  inPanels('unit.swap', 's', 'Swap what the selected unit is on with another'),
  inPanels('unit.emergency', 'e', 'The selected unit calls for help, or that is over'),
  inPanels('close', 'c', 'Close with a disposition, or reopen'),
  inPanels('panel.tall', 'z', 'The whole height for this panel, or back'),
  inPanels('quiet', 'q', 'Acknowledge the sounds'),
  inPanels('account', 'i', 'What is told of your account; Enter there says that you know it'),
];

interface Stroke {
  readonly key: string;
  /** Where the key is, named by what stands there on a keyboard of the United States. */
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** `Ctrl+1`, `Shift+F6`, `n`. Shift is named only with keys that are not characters. */
export function strokeOf(event: Stroke): string {
  return strokeWith(event, event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

function strokeWith(event: Stroke, key: string): string {
  const parts = [
    event.ctrlKey ? 'Ctrl+' : '',
    event.altKey ? 'Alt+' : '',
    event.metaKey ? 'Meta+' : '',
    event.shiftKey && event.key.length > 1 ? 'Shift+' : '',
  ];
  return parts.join('') + key;
}

/** A letter, or a sign that goes with one, that no Latin keyboard has: of Cyrillic, Greek, Hebrew, Arabic, Thai. */
const isOfAnotherScript = (key: string): boolean => /^[\p{L}\p{M}]$/u.test(key) && !/^\p{Script=Latin}$/u.test(key);

/** The Latin letter of the place at which a keyboard of another script has a letter of its own; null for any other key. */
export function latinAt({ key, code = '' }: Pick<Stroke, 'key' | 'code'>): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1] ?? (code === 'Backquote' ? '`' : null);
  return letter !== null && isOfAnotherScript(key) ? letter.toLowerCase() : null;
}

/** Whether the key at the place of `` ` `` waits for a letter to put its accent on. */
export const isDeadBackquote = ({ key, code, ctrlKey, altKey, metaKey, shiftKey }: Stroke): boolean =>
  key === 'Dead' && code === 'Backquote' && !ctrlKey && !altKey && !metaKey && !shiftKey;

/** The same stroke by the place of its key, where what the key says is no stroke of the console; else null. */
export function strokeByPlace(event: Stroke): string | null {
  if (isDeadBackquote(event)) return '`';
  const letter = latinAt(event);
  return letter === null ? null : strokeWith(event, letter);
}

/**
 * The action of a key that is pressed: by what it says, else by its place. Where text is typed, a letter of another script is
 * typed like any other.
 */
export function actionPressed(
  event: Stroke,
  typing: boolean,
  changed: { readonly [action: string]: string },
): KeyedAction | null {
  const types = typing && latinAt(event) !== null && !event.ctrlKey && !event.altKey && !event.metaKey;
  const place = types ? null : strokeByPlace(event);
  return actionOf(strokeOf(event), typing, changed) ?? (place === null ? null : actionOf(place, typing, changed));
}

/** The actions of a stroke, with the keys that were changed. `typing`: the focus is where text is typed. */
export function actionOf(
  stroke: string,
  typing: boolean,
  changed: { readonly [action: string]: string },
): KeyedAction | null {
  return KEYS.find((entry) => (changed[entry.action] ?? entry.key) === stroke && (entry.typing || !typing)) ?? null;
}

/** Keys that move, enter or change what is typed: an action on one of them would take the keyboard away. */
const KEPT = [
  'Enter',
  'Tab',
  'Backspace',
  'Delete',
  'Escape',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Home',
  'End',
  'PageUp',
  'PageDown',
];

/** What only goes with other keys, or changes what they type: pressed alone it is no key yet. */
const NONE_ALONE = [
  'Shift',
  'Control',
  'Alt',
  'AltGraph',
  'Meta',
  'Fn',
  'FnLock',
  'Hyper',
  'Super',
  'Symbol',
  'SymbolLock',
  'CapsLock',
  'NumLock',
  'ScrollLock',
  'Process',
  'Unidentified',
];
export const isNoneAlone = (key: string): boolean => NONE_ALONE.includes(key);

/** Keys of the browser that would take the work away: reload, find, menu, caret browsing. */
const TAKEN = 'F1 F3 Shift+F3 F5 Shift+F5 F6 Shift+F6 F7 F10 Ctrl+r Ctrl+p Ctrl+s Ctrl+f'.split(' ');
/**
 * Keys that leave the page, or go to the address bar, where what is typed next would be looked up on the Web: a caller's words.
 * On a Mac the same strokes move the caret through text, and leave nothing.
 */
const LEAVES = ['Alt+ArrowLeft', 'Alt+ArrowRight', 'Alt+Home', 'Alt+d', 'Ctrl+l', 'Ctrl+k', 'Ctrl+e', 'Ctrl+o'];
const LEAVES_EVERYWHERE = ['BrowserBack', 'BrowserForward', 'BrowserHome', 'BrowserSearch'];

/** Whether the browser is kept from what it does by this stroke, where it is no key of the console. */
export function takesAway(stroke: string, isMac: boolean): boolean {
  const taken = [...TAKEN, ...LEAVES_EVERYWHERE, ...(isMac ? [] : LEAVES)];
  return taken.includes(stroke);
}

/** The clipboard, what undoes typing, and what closes a window or tab before the page hears of it. */
const OF_THE_BROWSER = /^(Ctrl|Meta)\+[acnqtvwxyz]$|^Alt\+F4$|^Ctrl\+F4$/;

/**
 * Why an action cannot have this key, as a sentence; null where it can. An action that answers while text is typed takes no
 * key that types a character, but for one that it has from the start; no action takes digits or Space, which choose in lists.
 */
export function keyRefused(
  entry: KeyedAction,
  stroke: string,
  changed: { readonly [action: string]: string },
): string | null {
  const taken = KEYS.find((other) => other.action !== entry.action && (changed[other.action] ?? other.key) === stroke);
  if (taken) return `${keyCap(stroke)} is the key for “${taken.title}”. Choose another.`;
  if (stroke === entry.key) return null;
  if (KEPT.includes(stroke.replace(/^Shift\+/, '')) || /^[\d ]$/.test(stroke))
    return `${stroke === ' ' ? 'Space' : keyCap(stroke)} is needed in lists and fields. Choose another.`;
  if (stroke.endsWith('Dead')) return 'This key waits for a letter to put an accent on. Choose another.';
  if (OF_THE_BROWSER.test(stroke)) return `${keyCap(stroke)} is the browser’s, or for text. Choose another.`;
  if (entry.typing && /^Ctrl\+Alt\+.$/.test(stroke))
    return `${keyCap(stroke)} types a character on some keyboards (AltGr). Choose another.`;
  if (entry.typing && stroke.length === 1)
    return `${keyCap(stroke)} is typed in fields, and this key works there too. Choose an F-key, or one with Ctrl or Alt.`;
  return null;
}

/** A key as it stands on a key cap. */
export function keyCap(key: string): string {
  if (key === 'Escape') return 'Esc';
  if (key.length === 1) return key.toUpperCase();
  return key.replaceAll('+', '-');
}
