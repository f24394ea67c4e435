/** What a position has chosen for itself: palette, size, sounds. Kept by the station with the layouts. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Json } from '#domain/kernel/json.ts';
import { SOUND_KINDS, type SoundKind } from '../sounds/tones.ts';

export const MIN_SCALE = 90;
export const MAX_SCALE = 175;

export interface Preferences {
  readonly palette: 'night' | 'day';
  /** Per cent of the normal size. */
  readonly scale: number;
  readonly mute: boolean;
  /** 0 to 100, by kind of sound. */
  readonly volume: { readonly [K in SoundKind]: number };
  /** Keys that were changed, by action. */
  readonly keys: { readonly [action: string]: string };
}

export const DEFAULTS: Preferences = {
  palette: 'night',
  scale: 100,
  mute: false,
  volume: Object.fromEntries(SOUND_KINDS.map((kind) => [kind, 70])) as Preferences['volume'],
  keys: {},
};

/** Preferences out of what was stored: whatever does not fit falls back to the default. */
export function readPreferences(stored: Json | undefined): Preferences {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return DEFAULTS;
  const { palette, scale, mute, volume, keys } = stored as { readonly [key: string]: Json };
  const volumes = (volume ?? {}) as { readonly [key: string]: Json };
  const keyed = (keys ?? {}) as { readonly [key: string]: Json };
  return {
    palette: palette === 'day' ? 'day' : 'night',
    scale: typeof scale === 'number' ? Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale)) : DEFAULTS.scale,
    mute: mute === true,
    volume: Object.fromEntries(
      SOUND_KINDS.map((kind) => {
        const value = volumes[kind];
        return [kind, typeof value === 'number' ? Math.min(100, Math.max(0, value)) : DEFAULTS.volume[kind]];
      }),
    ) as Preferences['volume'],
    keys: Object.fromEntries(
      Object.entries(keyed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  };
}

const store = createStore<Preferences>(() => DEFAULTS);
export const preferences = (): Preferences => store.getState();
export const setPreferences = (next: Preferences): void => store.setState(next, true);
export function usePreferences(): Preferences {
  return useStore(store);
}

/** Puts palette and size on the page. */
export function applyPreferences(root: HTMLElement, chosen: Preferences): void {
  root.dataset.palette = chosen.palette;
  root.style.colorScheme = chosen.palette === 'day' ? 'light' : 'dark';
  root.style.fontSize = `${(16 * chosen.scale) / 100}px`;
}
