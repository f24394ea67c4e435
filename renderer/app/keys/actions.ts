/** Who answers to an action. The one that came last is asked first; one that does not apply passes it on. */
import { useEffect, useRef } from 'react';
import { preferences } from '../theme/preferences.ts';
import { isComposing } from './composing.ts';
import { holdAccentBack } from './dead-key.ts';
import { actionPressed, isDeadBackquote, KEYS, keyCap, strokeByPlace, strokeOf, takesAway } from './key-map.ts';

/** Returns false where the action does not apply and the next in line should have it. */
type Handler = () => boolean | undefined;

const handlers = new Map<string, Handler[]>();

export function perform(action: string): boolean {
  const line = handlers.get(action) ?? [];
  return line.toReversed().some((handler) => handler() !== false);
}

export function useAction(action: string, handler: Handler): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const entry: Handler = () => latest.current();
    handlers.set(action, [...(handlers.get(action) ?? []), entry]);
    return () => {
      handlers.set(
        action,
        (handlers.get(action) ?? []).filter((other) => other !== entry),
      );
    };
  }, [action]);
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

/**
 * Keys that are nobody's on the screen: those by which an input method ends or leaves what it composes, and the repeats of a
 * character that did something when it was pressed, which would be typed where that has put the focus, or choose there again.
 */
function holdBack(): (event: KeyboardEvent) => void {
  let pressed: KeyboardEvent | null = null;
  return (event) => {
    if (isComposing(event)) {
      event.stopImmediatePropagation();
      return;
    }
    if (!event.repeat) pressed = event;
    else if (event.key.length === 1 && pressed?.code === event.code && pressed.defaultPrevented) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
}

export function listenForKeys(): () => void {
  const before = holdBack();
  const accent = holdAccentBack();
  const onKey = (event: KeyboardEvent): void => {
    const found = actionPressed(event, isTyping(event.target), preferences().keys);
    if (
      found &&
      !event.defaultPrevented &&
      (!event.repeat || found.action.startsWith('panel')) &&
      perform(found.action)
    ) {
      event.preventDefault();
      event.stopPropagation();
      if (isDeadBackquote(event)) accent.comes();
      return;
    }
    const isMac = /^Mac/.test(navigator.platform);
    const strokes = [strokeOf(event), strokeByPlace(event) ?? ''];
    if (strokes.some((stroke) => takesAway(stroke, isMac)) || found?.action.startsWith('layout'))
      event.preventDefault();
  };
  window.addEventListener('keydown', before, { capture: true });
  window.addEventListener('keydown', onKey);
  return () => {
    accent.close();
    window.removeEventListener('keydown', before, { capture: true });
    window.removeEventListener('keydown', onKey);
  };
}

/** The key that an action has now, as it stands on the cap. */
export function keyFor(action: string, changed: { readonly [action: string]: string }): string {
  return keyCap(changed[action] ?? KEYS.find((entry) => entry.action === action)?.key ?? '');
}
