import { describe, expect, it } from 'vitest';
import { DEFAULT_STATUSES } from '#domain/cad/status.ts';
import { contrast, inkOn } from './ink.ts';
import { DEFAULTS, readPreferences } from './preferences.ts';

describe('text on a status colour', () => {
  it.each(DEFAULT_STATUSES.flatMap((status) => [status.nightColour, status.dayColour]))('reads on %s', (colour) => {
    expect(contrast(inkOn(colour), colour)).toBeGreaterThanOrEqual(4.5);
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
