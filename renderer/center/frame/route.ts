/** Where one is, in the address: `#/devices/ID`. Ids only; nothing secret is ever put there by these screens. */
import { useSyncExternalStore } from 'react';

export interface Place {
  readonly section: string;
  /** What is open in it, if anything. */
  readonly open: string | null;
}

/** Pure. */
function placeOf(hash: string): Place {
  const [section = '', open = ''] = hash.replace(/^#\/?/, '').split('/');
  return { section, open: open === '' ? null : decodeURIComponent(open) };
}

export function go(section: string, open: string | null = null): void {
  const hash =
    open === null ? `#/${encodeURIComponent(section)}` : `#/${encodeURIComponent(section)}/${encodeURIComponent(open)}`;
  if (window.location.hash !== hash) window.location.hash = hash;
}

const subscribe = (told: () => void): (() => void) => {
  window.addEventListener('hashchange', told);
  return () => window.removeEventListener('hashchange', told);
};

export function usePlace(): Place {
  return placeOf(useSyncExternalStore(subscribe, () => window.location.hash));
}
