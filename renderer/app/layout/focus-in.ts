import type { IDockviewPanel } from 'dockview';
import { flushSync } from 'react-dom';

/** Frames in which a panel that has just been opened must have been drawn. */
const FRAMES = 10;

/** Counts the wishes for the focus: only the last one is still carried out in a later frame. */
let wishes = 0;

/** Puts the focus where work in this panel begins. */
export function focusIn(panel: IDockviewPanel | undefined): void {
  if (!panel) return;
  panel.api.setActive();
  // Drawn now, so that the very next key goes to the panel; where it cannot be yet, in one of the next frames.
  flushSync(() => undefined);
  const wish = ++wishes;
  const from = document.activeElement;
  const tryFocus = (left: number): void => {
    // Whoever is somewhere else by now is typing there.
    const at = document.activeElement;
    if (wish !== wishes || (at !== from && at !== document.body)) return;
    const body = document.querySelector(`[data-panel="${CSS.escape(panel.id)}"]`);
    const target = body?.querySelector<HTMLElement>('[data-panel-focus]');
    target?.focus();
    if ((!target || document.activeElement !== target) && left > 0) requestAnimationFrame(() => tryFocus(left - 1));
  };
  tryFocus(FRAMES);
}
