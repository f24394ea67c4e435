import { useEffect, useRef } from 'react';
import type { Station } from '../connection/station.ts';

const SAVE_AFTER_MS = 300;
/** The name under which the line stands among the drafts of the position. */
export const LINE_DRAFT = 'command';

/** Keeps the line and what was entered before at the station, also what was typed just before the lock or the page's end. */
export function useLineKept(station: Station, text: string, history: readonly string[]): void {
  const unsaved = useRef<(() => void) | null>(null);
  const began = useRef(false);
  useEffect(() => {
    // An empty line says something only once there was another.
    began.current ||= text !== '' || history.length > 0;
    if (!began.current) return;
    const save = (): void => {
      unsaved.current = null;
      station.call('draft.save', { key: LINE_DRAFT, value: { text, history: [...history] } }).catch(() => undefined);
    };
    unsaved.current = save;
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [station, text, history]);
  useEffect(() => {
    const saveNow = (): void => unsaved.current?.();
    window.addEventListener('pagehide', saveNow);
    return () => {
      window.removeEventListener('pagehide', saveNow);
      saveNow();
    };
  }, []);
}
