/** Preferences come from the station and go back to it, so that a position looks and sounds as it was left. */
import { useEffect, useMemo } from 'react';
import type { CallInput } from '#domain/bridge/calls.ts';
import { useLayouts, useStation } from '../connection/use-station.ts';
import { echoes } from './echoes.ts';
import {
  applyPreferences,
  type Preferences,
  preferences,
  readPreferences,
  setPreferences,
  usePreferences,
} from './preferences.ts';

const NAME = 'preferences';
const own = echoes();

export function useStoredPreferences(): void {
  const stored = useLayouts()[NAME];
  const chosen = usePreferences();
  useEffect(() => {
    if (stored === undefined) return;
    const read = readPreferences(stored);
    if (!own.isOutdated(JSON.stringify(read))) setPreferences(read);
  }, [stored]);
  useEffect(() => {
    applyPreferences(document.documentElement, chosen);
    // Panels measure themselves in the size of text.
    window.dispatchEvent(new Event('resize'));
  }, [chosen]);
}

export function useChangePreferences(): (change: Partial<Preferences>) => void {
  const station = useStation();
  return useMemo(
    () => (change: Partial<Preferences>) => {
      const next = { ...preferences(), ...change };
      setPreferences(next);
      const layout: CallInput<'layout.save'>['layout'] = JSON.parse(JSON.stringify(next));
      own.sent(JSON.stringify(readPreferences(layout)));
      station.call('layout.save', { name: NAME, layout }).catch(() => undefined);
    },
    [station],
  );
}
