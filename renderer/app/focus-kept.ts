/**
 * Where somebody was when the lock came, to be there again when they unlock: which panel, which field of it, and the caret.
 * Behind the lock nothing of the board is on the page, so the element itself is gone.
 */
import { useLayoutEffect } from 'react';
import { commandLine } from './command-line/line.ts';
import { dock } from './layout/dock-api.ts';

interface Place {
  readonly user: string;
  readonly panel: string | null;
  readonly inLine: boolean;
  readonly name: string;
  readonly caret: readonly [number, number] | null;
}

/** Frames in which a panel that comes back must have been drawn. */
const FRAMES = 30;
let kept: Place | null = null;

type Field = HTMLInputElement | HTMLTextAreaElement;
const isText = (element: Element | null): element is Field =>
  element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;

/** What a field, list or button is called on the screen. */
function nameOf(element: Element): string {
  const label = isText(element) ? element.labels?.[0]?.textContent : null;
  return element.getAttribute('aria-label') ?? label ?? element.textContent?.trim() ?? '';
}

function keepFocus(user: string): void {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return;
  const inLine = focused.closest('[data-command-line]') !== null;
  // The line goes back to where it was come from.
  const at = (inLine ? commandLine.from() : null) ?? focused;
  const own = at.closest<HTMLElement>('[data-panel]')?.dataset.panel ?? null;
  kept = {
    user,
    panel: own ?? dock.current(),
    inLine,
    name: own === null ? '' : nameOf(at),
    caret: isText(at) && at.selectionStart !== null ? [at.selectionStart, at.selectionEnd ?? at.selectionStart] : null,
  };
}

/** Another layout puts its panels up anew: whoever worked in one of them does so still, where it has it. */
export function keepFocusInPanels(user: string): () => void {
  const focused = document.activeElement;
  if (focused?.closest('.dv-dockview') == null) return () => undefined;
  keepFocus(user);
  return () => {
    // Whoever is somewhere else by now works there.
    if (document.activeElement !== document.body) return;
    if (kept?.panel != null && !dock.isOpen(kept.panel)) kept = null;
    if (!restoreFocus(user)) dock.step(1);
  };
}

/** The lock takes the board away: where the focus was is kept before it goes. */
export function useFocusKept(user: string): void {
  useLayoutEffect(() => () => keepFocus(user), [user]);
}

export function forgetFocus(): void {
  kept = null;
}

function focusNamed(panel: string, { name, caret }: Place): boolean {
  const body = document.querySelector(`[data-panel="${CSS.escape(panel)}"]`);
  const all = body?.querySelectorAll<HTMLElement>('input, textarea, select, button, [tabindex]') ?? [];
  const found = [...all].find((one) => nameOf(one) === name);
  found?.focus();
  if (found && caret && isText(found)) found.setSelectionRange(...caret);
  return found !== undefined;
}

/** Goes back there, once. False where nobody had been anywhere, or somebody else is here now. */
export function restoreFocus(user: string): boolean {
  const place = kept;
  kept = null;
  if (place?.user !== user || (place.panel === null && !place.inLine)) return false;
  const { panel } = place;
  if (panel !== null) dock.open(panel);
  // Whoever pressed a key since is on their way elsewhere.
  let moved = false;
  const onKey = (): void => {
    moved = true;
  };
  window.addEventListener('keydown', onKey, { once: true, capture: true });
  const tryFocus = (left: number): void => {
    if (moved) return;
    const there = panel === null || focusNamed(panel, place) || place.name === '';
    if (!there && left > 0) requestAnimationFrame(() => tryFocus(left - 1));
    else if (place.inLine) commandLine.focus();
  };
  tryFocus(FRAMES);
  return true;
}
