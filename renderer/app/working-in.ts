import { isTyping } from './keys/actions.ts';

/**
 * Whether somebody still works in this part of the page, or nowhere. An answer may come late: whoever has gone on by then, to
 * the command line or a new call, is typing there, and the next keys must not go elsewhere.
 */
export function isWorkingIn(part: Element | null | undefined): boolean {
  const at = document.activeElement;
  return at === null || at === document.body || (part?.contains(at) ?? false);
}

/** Whether somebody types by now, and not where they were when they did what is answered: `from` had the focus then. */
export function typesElsewhere(from: Element | null): boolean {
  const at = document.activeElement;
  return at !== from && isTyping(at);
}

/** From here on: whether a key was pressed, once it is asked. Asked exactly once, which ends the listening. */
export function keysFromHere(): () => boolean {
  let pressed = false;
  const onKey = (): void => {
    pressed = true;
  };
  window.addEventListener('keydown', onKey, { capture: true });
  return () => {
    window.removeEventListener('keydown', onKey, { capture: true });
    return pressed;
  };
}
