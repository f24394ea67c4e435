import { useSyncExternalStore } from 'react';

// Asking for a style makes the browser work out every style that waits; the root's changes with the scale alone.
let known: number | null = null;
let watching = false;
const listeners = new Set<() => void>();

function watch(): void {
  if (watching) return;
  watching = true;
  new MutationObserver(() => {
    known = null;
    for (const listener of [...listeners]) listener();
  }).observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

/** Pixels of a rem at the scale that stands now. */
export function remPx(): number {
  watch();
  known ??= Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return known;
}

/** The same, drawn again when the scale changes. */
export function useRem(): number {
  return useSyncExternalStore((changed) => {
    watch();
    listeners.add(changed);
    return () => listeners.delete(changed);
  }, remPx);
}
