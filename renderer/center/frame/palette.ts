/** Night or day: as the system has it until somebody says otherwise at this browser. */
import { applyPreferences, preferences, setPreferences } from '../../app/theme/preferences.ts';

const KEPT = 'qd-palette';

type Palette = 'night' | 'day';

export function beginPalette(): void {
  const kept = window.localStorage.getItem(KEPT);
  const system: Palette = window.matchMedia('(prefers-color-scheme: light)').matches ? 'day' : 'night';
  put(kept === 'day' || kept === 'night' ? kept : system);
}

export function turnPalette(): void {
  const next: Palette = preferences().palette === 'day' ? 'night' : 'day';
  window.localStorage.setItem(KEPT, next);
  put(next);
}

function put(palette: Palette): void {
  setPreferences({ ...preferences(), palette });
  applyPreferences(document.documentElement, preferences());
}
