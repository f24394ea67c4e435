/** The panels of this window, as the rest of the screen may ask for them. */

export interface Dock {
  /** Opens a panel where it belongs, or shows the one that is open, and puts the focus in it. */
  readonly open: (panel: string) => void;
  /** Opens a panel behind what is in sight where it belongs; the focus stays where it is. */
  readonly openBehind: (panel: string) => void;
  readonly close: (panel: string) => void;
  /** The panel that comes and goes which is in hand, else one that is in sight; null where none is. */
  readonly passing: () => string | null;
  /** Moves the focus to the next panel (or the previous). */
  readonly step: (by: 1 | -1) => void;
  /** The panel that has the focus, or had it last. */
  readonly current: () => string | null;
  /** The whole height of its column for the panel in hand, or back as it was. */
  readonly tall: (panel: string) => void;
  readonly tearOff: (panel: string) => void;
  readonly switchTo: (number: number) => void;
  readonly isOpen: (panel: string) => boolean;
}

/** Of a window that has no panels to arrange. */
export const noDock: Dock = {
  open: () => undefined,
  openBehind: () => undefined,
  close: () => undefined,
  passing: () => null,
  step: () => undefined,
  current: () => null,
  tall: () => undefined,
  tearOff: () => undefined,
  switchTo: () => undefined,
  isOpen: () => false,
};

let held: Dock = noDock;
/** Asked for before the dock stood: opened as soon as it does. */
let early: ((dock: Dock) => void)[] = [];
const soon = (ask: (dock: Dock) => void): void => {
  if (held === noDock) early.push(ask);
  else ask(held);
};
export const dock: Dock = {
  open: (panel) => soon((dock) => dock.open(panel)),
  openBehind: (panel) => soon((dock) => dock.openBehind(panel)),
  close: (panel) => held.close(panel),
  passing: () => held.passing(),
  step: (by) => held.step(by),
  current: () => held.current(),
  tall: (panel) => held.tall(panel),
  tearOff: (panel) => held.tearOff(panel),
  switchTo: (number) => held.switchTo(number),
  isOpen: (panel) => held.isOpen(panel),
};
export function provideDock(next: Dock | null): void {
  held = next ?? noDock;
  if (!next) return;
  const waiting = early;
  early = [];
  for (const ask of waiting) ask(next);
}
