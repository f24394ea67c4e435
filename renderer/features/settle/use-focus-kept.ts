import { type RefObject, useLayoutEffect } from 'react';

/**
 * A card that is settled, here or elsewhere, leaves the focus with its panel. Not with the next card: a key pressed for
 * the one that has just gone must not settle another.
 */
export function useFocusKept(card: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = card.current;
    return () => {
      if (!element?.contains(document.activeElement)) return;
      element.closest('[data-panel]')?.querySelector<HTMLElement>('[data-panel-focus]')?.focus();
    };
  }, [card]);
}
