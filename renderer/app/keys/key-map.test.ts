import { describe, expect, it } from 'vitest';
import { actionOf, KEYS, strokeOf } from './key-map.ts';

const press = (key: string, over: object = {}) =>
  strokeOf({ key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...over });

describe('keys', () => {
  it('each mean one action', () => {
    expect(new Set(KEYS.map((entry) => entry.key)).size).toBe(KEYS.length);
    expect(new Set(KEYS.map((entry) => entry.action)).size).toBe(KEYS.length);
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
  it('can be changed', () => {
    const changed = { 'call.new': 'F12' };
    expect(actionOf('F12', false, changed)?.action).toBe('call.new');
    expect(actionOf('F5', false, changed)).toBeNull();
  });
});
