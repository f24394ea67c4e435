import { expect, it } from 'vitest';
import { sources } from '../../../tools/testing/written.ts';
import { KEYS } from './key-map.ts';

it('no screen of the console names a key that its person may have changed: it asks for the one that the action has now', () => {
  const functionKeys = KEYS.map(({ key }) => key).filter((key) => /^F\d+$/.test(key));
  expect(functionKeys.length).toBeGreaterThan(8);
  // F1 is the help of browsers and desktops too.
  const names = new RegExp(`(?<!Shift[+-])\\b(?:${functionKeys.filter((key) => key !== 'F1').join('|')})\\b`);
  const screens = ['renderer/app', 'renderer/features', 'renderer/ui'].flatMap(sources);
  const naming = screens
    .filter(({ file }) => file !== 'renderer/app/keys/key-map.ts')
    .flatMap(({ file, text }) => (names.test(text.replace(/\/\/.*$/gm, '')) ? [file] : []));
  expect(naming).toEqual([]);
});
