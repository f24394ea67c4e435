import { describe, expect, it } from 'vitest';
import { actionOf, isNoneAlone, KEYS, type KeyedAction, keyRefused, strokeOf, takesAway } from './key-map.ts';

const press = (key: string, over: object = {}) =>
  strokeOf({ key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...over });

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
  it('can be changed', () => {
    const changed = { 'call.new': 'F12' };
    expect(actionOf('F12', false, changed)?.action).toBe('call.new');
    expect(actionOf('F5', false, changed)).toBeNull();
  });
});
