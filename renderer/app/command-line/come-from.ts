/** Where somebody came to the command line from, and goes back to. */
import { useRef } from 'react';
import { dock } from '../layout/dock-api.ts';

/** Remembers where the focus was, with the caret, so that it can go back there. */
export function useReturn(): {
  readonly leaveFrom: () => void;
  readonly goBack: () => void;
  readonly cameFrom: () => HTMLElement | null;
} {
  const from = useRef<{ element: HTMLElement; start: number | null; end: number | null } | null>(null);
  return {
    cameFrom: () => from.current?.element ?? null,
    leaveFrom: () => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return;
      const text = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element : null;
      from.current = { element, start: text?.selectionStart ?? null, end: text?.selectionEnd ?? null };
    },
    goBack: () => {
      const back = from.current;
      if (!back?.element.isConnected) {
        dock.open(dock.current() ?? 'pending');
        return;
      }
      back.element.focus();
      const text = back.element;
      if (back.start !== null && (text instanceof HTMLInputElement || text instanceof HTMLTextAreaElement))
        text.setSelectionRange(back.start, back.end);
    },
  };
}
