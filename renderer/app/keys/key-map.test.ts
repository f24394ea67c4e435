import { describe, expect, it } from 'vitest';
import {
  actionOf,
  actionPressed,
  isNoneAlone,
  KEYS,
  type KeyedAction,
  keyRefused,
  strokeByPlace,
  strokeOf,
  takesAway,
} from './key-map.ts';

const event = (key: string, over: object = {}) => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  ...over,
});
const press = (key: string, over: object = {}) => strokeOf(event(key, over));

describe('keys', () => {
  it('each mean one action', () => {
    expect(new Set(KEYS.map((entry) => entry.key)).size).toBe(KEYS.length);
    expect(new Set(KEYS.map((entry) => entry.action)).size).toBe(KEYS.length);
  });
  it('are those that hands know: nobody learns them anew with a version', () => {
    const by = (key: string) => KEYS.find((entry) => entry.key === key)?.action;
    const keys = ['`', 'F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'Shift+F6', 'F7', 'F8', 'F9', 'F10', 'Escape'];
    expect(keys.map(by).join(' ')).toBe(
      'command help go.pending go.active go.units call.new panel.next panel.previous settle.next accept unit.next lock board',
    );
    expect(['/', 'n', 't', 'h', 'l', 'm'].map(by).join(' ')).toBe('filter note time hold link merge');
    expect(['v', 's', 'e'].map(by).join(' ')).toBe('unit.move unit.swap unit.emergency');
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9]) expect(by(`Ctrl+${n}`)).toBe(`layout.${n}`);
  });
  it('are named with their modifiers; Shift only where it is not a character', () => {
    expect(press('F6', { shiftKey: true })).toBe('Shift+F6');
    expect(press('N', { shiftKey: true })).toBe('n');
    expect(press('1', { ctrlKey: true })).toBe('Ctrl+1');
  });
  it('that are letters are text where text is typed; F-keys and the command line work from anywhere', () => {
    expect(actionOf('n', false, {})?.action).toBe('note');
    expect(actionOf('n', true, {})).toBeNull();
    expect(actionOf('`', true, {})?.action).toBe('command');
    expect(actionOf('F5', true, {})?.action).toBe('call.new');
    expect(actionOf('Ctrl+n', false, {})).toBeNull();
  });
  it('are refused where they would be missed: another action has them, they type, or they move', () => {
    const entry = (action: string): KeyedAction => KEYS.find((one) => one.action === action) as KeyedAction;
    expect(keyRefused(entry('call.new'), 'F12', {})).toBeNull();
    expect(keyRefused(entry('call.new'), 'Ctrl+e', {})).toBeNull();
    expect(keyRefused(entry('call.new'), 'a', {})).toMatch(/^A is typed in fields/);
    expect(keyRefused(entry('note'), 'a', {})).toBeNull();
    expect(keyRefused(entry('note'), 'Enter', {})).toMatch(/needed in lists/);
    expect(keyRefused(entry('note'), '4', {})).toMatch(/needed in lists/);
    expect(keyRefused(entry('command'), '`', {})).toBeNull();
    expect(keyRefused(entry('note'), 'h', {})).toMatch(/Hold, or release/);
    expect(keyRefused(entry('command'), 'Dead', {})).toMatch(/waits for a letter/);
    expect(keyRefused(entry('help'), 'Shift+Dead', {})).toMatch(/waits for a letter/);
    expect(keyRefused(entry('lock'), 'Ctrl+v', {})).toMatch(/for text/);
    expect(keyRefused(entry('lock'), 'Ctrl+w', {})).toMatch(/browser’s/);
    // `@` of a keyboard that has it on AltGr.
    expect(keyRefused(entry('lock'), 'Ctrl+Alt+@', {})).toMatch(/AltGr/);
    expect(['AltGraph', 'CapsLock', 'Control', 'Process'].every(isNoneAlone)).toBe(true);
    expect(['F12', 'a', 'Enter', 'Dead'].some(isNoneAlone)).toBe(false);
    // The usual key, taken back, may have been given away meanwhile.
    expect(keyRefused(entry('note'), 'n', { hold: 'n' })).toMatch(/Hold, or release/);
  });
  it('of the browser leave no page and go to no address bar, and move the caret on a Mac', () => {
    const back = press('ArrowLeft', { altKey: true });
    expect([back, 'Ctrl+l', 'Alt+d', 'BrowserBack', 'F5'].map((stroke) => takesAway(stroke, false))).not.toContain(
      false,
    );
    expect(takesAway(back, true)).toBe(false);
    expect(takesAway('BrowserBack', true)).toBe(true);
    expect(['Ctrl+c', 'Ctrl+ArrowLeft', 'ArrowLeft', 'd'].some((stroke) => takesAway(stroke, false))).toBe(false);
  });
  it('go by their place where a keyboard has a letter of another script there, which is typed where text is', () => {
    const by = (key: string, code: string, typing = false, over: object = {}) =>
      actionPressed(event(key, { code, ...over }), typing, {})?.action ?? null;
    // Cyrillic, Greek, Hebrew, Arabic, Thai.
    const notes = ['т', 'ν', 'מ', 'ى', 'ื'].map((key) => by(key, 'KeyN'));
    expect(new Set(notes)).toEqual(new Set(['note']));
    expect(by('Т', 'KeyN', false, { shiftKey: true })).toBe('note');
    expect(by('т', 'KeyN', true)).toBeNull();
    expect([by('ё', 'Backquote'), by('ё', 'Backquote', true)]).toEqual(['command', null]);
    // A Latin keyboard that has another letter, or another sign, at the place means what it says.
    expect([by('b', 'KeyN'), by(',', 'KeyM'), by('ñ', 'KeyN')]).toEqual([null, null, null]);
    expect(actionPressed(event('т', { code: 'KeyN' }), false, { hold: 'т' })?.action).toBe('hold');
    const ctrl = { code: 'KeyE', ctrlKey: true };
    expect(actionPressed(event('у', ctrl), true, { lock: 'Ctrl+e' })?.action).toBe('lock');
    expect(takesAway(strokeByPlace(event('д', { code: 'KeyL', ctrlKey: true })) ?? '', false)).toBe(true);
  });
  it('of the command line are there also where the layout waits with that key for a letter', () => {
    const by = (over: object) => actionPressed(event('Dead', { code: 'Backquote', ...over }), true, {})?.action ?? null;
    expect(by({})).toBe('command');
    expect([by({ shiftKey: true }), by({ altKey: true }), by({ code: 'Quote' })]).toEqual([null, null, null]);
  });
  it('can be changed', () => {
    const changed = { 'call.new': 'F12' };
    expect(actionOf('F12', false, changed)?.action).toBe('call.new');
    expect(actionOf('F5', false, changed)).toBeNull();
  });
});
