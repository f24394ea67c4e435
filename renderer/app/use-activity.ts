/** Keys and pointers of this window keep its console from locking by itself. */
import { useEffect } from 'react';
import { useStation } from './connection/use-station.ts';

/** Said no more often than this; a console locks after minutes. */
const SAID_EVERY_MS = 15_000;
const TOUCHES = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

export function useActivity(): void {
  const station = useStation();
  useEffect(() => {
    let said = Number.NEGATIVE_INFINITY;
    const touched = (): void => {
      const at = performance.now();
      if (at - said < SAID_EVERY_MS) return;
      said = at;
      station.call('session.active', {}).catch(() => undefined);
    };
    for (const touch of TOUCHES) window.addEventListener(touch, touched, { passive: true });
    return () => {
      for (const touch of TOUCHES) window.removeEventListener(touch, touched);
    };
  }, [station]);
}
