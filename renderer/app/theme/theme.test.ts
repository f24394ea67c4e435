import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_STATUSES } from '#domain/cad/status.ts';
import { contrast, inkOn } from './ink.ts';
import { DEFAULTS, MAX_SCALE, MIN_SCALE, readPreferences } from './preferences.ts';

describe('text on a status colour', () => {
  it.each(DEFAULT_STATUSES.flatMap((status) => [status.nightColour, status.dayColour]))('reads on %s', (colour) => {
    expect(contrast(inkOn(colour), colour)).toBeGreaterThanOrEqual(4.5);
  });
});

describe('the colours of each palette', () => {
  const css = readFileSync(join(import.meta.dirname, 'theme.css'), 'utf8');
  const palette = (begins: string): ReadonlyMap<string, string> => {
    const [, block = ''] = css.split(`\n${begins} {\n`);
    const declared = block.slice(0, block.indexOf('}')).matchAll(/--([\w-]+): (#[0-9a-f]{6});/g);
    return new Map([...declared].map(([, name = '', colour = '']) => [name, colour]));
  };
  const GROUNDS = ['ground', 'panel', 'raised', 'field', 'selected'];
  const night = palette(':root');
  /** What stands on which grounds, and by how much it stands out at least (WCAG 2.2, 1.4.3, 1.4.6, 1.4.11). */
  const RULES = [
    { what: ['text'], on: [...GROUNDS, 'amber-ground', 'bad-ground'], least: 7 },
    // What waits, is late, wrong or done.
    { what: ['good', 'amber', 'bad'], on: GROUNDS, least: 7 },
    { what: ['muted', 'faint'], on: GROUNDS, least: 4.5 },
    { what: ['muted'], on: ['amber-ground', 'bad-ground', 'good-ground'], least: 4.5 },
    { what: ['good'], on: ['good-ground'], least: 7 },
    { what: ['amber'], on: ['amber-ground'], least: 7 },
    { what: ['bad'], on: ['bad-ground'], least: 7 },
    { what: ['edge', 'good-line', 'accent'], on: ['panel', 'raised', 'field'], least: 3 },
  ];

  it.each([
    ['night', night],
    ['day', new Map([...night, ...palette(':root[data-palette="day"]')])],
  ] as const)('stand out from what they stand on, by %s', (_, colours) => {
    const colour = (name: string): string => {
      const found = colours.get(name);
      if (found === undefined) throw new Error(`There is no colour ${name}.`);
      return found;
    };
    const faint = RULES.flatMap(({ what, on, least }) =>
      what.flatMap((name) => on.map((ground) => ({ name, ground, least }))),
    )
      .map((pair) => ({ ...pair, is: contrast(colour(pair.name), colour(pair.ground)) }))
      .filter(({ is, least }) => is < least)
      .map(({ name, ground, least, is }) => `${name} on ${ground}: ${is.toFixed(2)}, not ${least}`);
    expect(faint).toEqual([]);
  });
});

describe('what is read at arm’s length', () => {
  const RENDERER = join(import.meta.dirname, '..', '..');
  /** px at 100 %: the length that a rule of that selector alone gives a property; of a font its size. */
  const px = (file: string, selector: string, property: string): number => {
    const css = readFileSync(join(RENDERER, file), 'utf8');
    for (const [, named = '', rule = ''] of css.matchAll(/\n *([^\n{};]+) \{([^}]*)\}/g)) {
      const [, rem] = new RegExp(`[\\n ]${property}: [^;]*?([\\d.]+)rem`).exec(rule) ?? [];
      if (named === selector && rem !== undefined) return Number(rem) * 16;
    }
    return Number.NaN;
  };
  it('is as large as it was drawn', () => {
    expect(px('app/theme/theme.css', 'body', 'font-size')).toBe(15);
    expect(px('app/theme/theme.css', '.chip', 'font')).toBe(14);
    expect(px('app/header/header.css', '.clock', 'font')).toBe(26);
    expect(px('app/header/header.css', '.header', 'min-height')).toBe(48);
    expect(px('app/command-line/command-line.css', '.footer', 'height')).toBe(52);
    expect(px('ui/lists.css', '.grid-row', 'height')).toBe(34);
    expect(px('ui/lists.css', '.unit-row', 'height')).toBe(31);
    expect([MIN_SCALE, MAX_SCALE]).toEqual([90, 175]);
  });
});

describe('a time that is over its limit', () => {
  it('is white on a red that it stands out from as what matters most, by night and by day', () => {
    const css = readFileSync(join(import.meta.dirname, 'theme.css'), 'utf8');
    const reds = [...css.matchAll(/--late: (#[0-9a-f]{6});/g)].map(([, red = '']) => red);
    expect(reds).toHaveLength(2);
    for (const red of reds) expect(contrast('#ffffff', red)).toBeGreaterThanOrEqual(7);
  });
});

describe('stored preferences', () => {
  it('fall back where they do not fit', () => {
    expect(readPreferences(undefined)).toEqual(DEFAULTS);
    expect(
      readPreferences({ palette: 'pink', scale: 9_000, mute: 'yes', volume: { done: -4, timer: 'loud' } }),
    ).toEqual({
      ...DEFAULTS,
      scale: 175,
      volume: { ...DEFAULTS.volume, done: 0 },
    });
    expect(readPreferences({ palette: 'day', keys: { help: 'F12', note: 4 } })).toMatchObject({
      palette: 'day',
      keys: { help: 'F12' },
    });
  });
});
