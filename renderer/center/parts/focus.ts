const FOCUSABLE =
  '[data-panel-focus], input:not([disabled]):not([type=hidden]), select, textarea, button:not([disabled]), a[href], [tabindex="0"]';

/** Puts the focus on what a pane wants it on, else on the first thing in it that takes it. */
export function focusFirst(pane: Element | null): void {
  const wanted = pane?.querySelector<HTMLElement>('[data-panel-focus]') ?? pane?.querySelector<HTMLElement>(FOCUSABLE);
  wanted?.focus();
}

/** The pane after or before the one that has the focus. */
export function focusPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll('[data-pane]')].filter((pane) => pane.querySelector(FOCUSABLE) !== null);
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  focusFirst(panes[(at + step + panes.length) % panes.length] ?? null);
}

/**
 * Puts the focus on what a screen wants it on as soon as that is drawn, unless it has gone elsewhere meanwhile. Returns how to
 * stop waiting.
 */
export function focusWhenThere(screen: HTMLElement | null): () => void {
  if (!screen) return () => undefined;
  screen.focus();
  const seen = new MutationObserver(() => look());
  const look = (): void => {
    const wanted = screen.querySelector<HTMLElement>('[data-panel-focus]');
    if (document.activeElement !== screen && document.activeElement !== document.body) seen.disconnect();
    else if (wanted) {
      seen.disconnect();
      wanted.focus();
    }
  };
  seen.observe(screen, { childList: true, subtree: true });
  look();
  return () => seen.disconnect();
}

/**
 * Where what had the focus is taken away (a form that begins anew after it was saved), its pane has it next, or else the
 * screen's first: the focus never falls to the page. Returns how to stop.
 */
export function keepFocus(screen: HTMLElement): () => void {
  let held: Element | null = null;
  let pane: Element | null = null;
  const onFocus = (event: FocusEvent): void => {
    held = event.target instanceof Element ? event.target : null;
    pane = held?.closest('[data-pane]') ?? screen;
  };
  const seen = new MutationObserver(() => {
    if (held === null || held.isConnected || document.activeElement !== document.body) return;
    held = null;
    // A pane that nothing is open in any more has nothing to take it.
    focusFirst(pane?.isConnected && pane.querySelector(FOCUSABLE) ? pane : screen);
  });
  screen.addEventListener('focusin', onFocus);
  seen.observe(screen, { childList: true, subtree: true });
  return () => {
    screen.removeEventListener('focusin', onFocus);
    seen.disconnect();
  };
}
