/**
 * The borders between panels, as separators of the page (WAI-ARIA, window splitter): each has the focus, a name and its
 * place in per cent, and is moved by keys. Dockview draws them and moves them by pointer alone.
 */
import { remPx } from '../../ui/rem.ts';
import { PANELS, panelName } from './panels.tsx';

const BORDER = '.dv-sash';
const SPLIT = '.dv-split-view-container';
/** One row of a list; half a column of text. In rem. */
const STEP_REM = { up: 2.125, across: 2 } as const;
/** Further than any screen: the panels' own least sizes end it. */
const FAR = 100_000;

/** Whether the panels that it parts stand one above the other. */
function partsHeights(border: Element): boolean {
  return border.closest(SPLIT)?.classList.contains('dv-vertical') === true;
}

function ownParts(split: Element, part: 'sash' | 'view'): HTMLElement[] {
  return [...split.querySelectorAll<HTMLElement>(`:scope > .dv-${part}-container > .dv-${part}`)];
}

/** Where the border stands, from 0 to 1 of what it divides. */
function placeOf(border: Element): number {
  const split = border.closest(SPLIT)?.getBoundingClientRect();
  const at = border.getBoundingClientRect();
  if (!split) return 0;
  const share = partsHeights(border)
    ? (at.top + at.height / 2 - split.top) / split.height
    : (at.left + at.width / 2 - split.left) / split.width;
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

/** By `by` px, as far as the panels at its sides let it: in the words that dockview knows, so that its own limits hold. */
function move(border: HTMLElement, by: number): void {
  const at = border.getBoundingClientRect();
  const from = { clientX: at.left, clientY: at.top };
  const to = partsHeights(border) ? { ...from, clientY: at.top + by } : { ...from, clientX: at.left + by };
  border.dispatchEvent(new PointerEvent('pointerdown', from));
  document.dispatchEvent(new PointerEvent('pointermove', to));
  document.dispatchEvent(new PointerEvent('pointerup', to));
}

function moveTo(border: HTMLElement, place: number): void {
  const split = border.closest(SPLIT)?.getBoundingClientRect();
  if (split) move(border, (place - placeOf(border)) * (partsHeights(border) ? split.height : split.width));
}

const named = (view: Element | undefined): string =>
  [...(view?.querySelectorAll<HTMLElement>('[data-panel]') ?? [])]
    .map(({ dataset }) => PANELS[panelName(dataset.panel ?? '')]?.title ?? '')
    .filter(Boolean)
    .join(', ');

/** Says of every border what it is. To be called again when panels came, went or were moved. */
export function dressBorders(board: Element): void {
  for (const split of board.querySelectorAll(SPLIT)) {
    const views = ownParts(split, 'view');
    for (const [i, border] of ownParts(split, 'sash').entries()) {
      border.setAttribute('role', 'separator');
      border.tabIndex = border.classList.contains('dv-disabled') ? -1 : 0;
      border.setAttribute('aria-orientation', partsHeights(border) ? 'horizontal' : 'vertical');
      border.setAttribute('aria-label', `Border between ${named(views[i])} and ${named(views[i + 1])}`);
      border.setAttribute('aria-valuemin', '0');
      border.setAttribute('aria-valuemax', '100');
      border.setAttribute('aria-valuenow', String(Math.round(placeOf(border) * 100)));
    }
  }
}

export const isBorder = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement && target.matches(BORDER);

/** Arrows by a row, Home and End as far as it goes. False where the key is none of a border's. */
export function borderKey(event: KeyboardEvent): boolean {
  const border = event.target;
  if (!isBorder(border) || event.ctrlKey || event.altKey || event.metaKey) return false;
  const heights = partsHeights(border);
  const step = (heights ? STEP_REM.up : STEP_REM.across) * remPx();
  const moves: { readonly [key: string]: number } = {
    [heights ? 'ArrowUp' : 'ArrowLeft']: -step,
    [heights ? 'ArrowDown' : 'ArrowRight']: step,
    Home: -FAR,
    End: FAR,
  };
  const by = moves[event.key];
  if (by === undefined) return false;
  move(border, by);
  return true;
}

/** The borders of the column in which a panel stands, and which of the column's places is its; null where it is alone there. */
interface Column {
  readonly borders: readonly HTMLElement[];
  readonly at: number;
}

function columnOf(panel: Element): Column | null {
  const view = panel.closest<HTMLElement>('.dv-view');
  const split = view?.parentElement?.closest(SPLIT);
  if (!view || !split?.classList.contains('dv-vertical')) return null;
  const borders = ownParts(split, 'sash');
  const at = ownParts(split, 'view').indexOf(view);
  return borders.length > 0 && at >= 0 ? { borders, at } : null;
}

/** Places of the borders above each other, 0 to 1. */
function placesOf(borders: readonly HTMLElement[]): number[] {
  return borders.map(placeOf);
}

/** Those above a panel from the lowest up, those below it from the highest down: then none is held by its neighbour. */
function putBack({ borders, at }: Column, places: readonly number[]): void {
  const put = (i: number): void => {
    const [border, place] = [borders[i], places[i]];
    if (border && place !== undefined) moveTo(border, place);
  };
  for (let i = at - 1; i >= 0; i--) put(i);
  for (let i = at; i < borders.length; i++) put(i);
}

/** Which panel has its column's whole height, where the borders stood before, and where they stand since. */
export interface Tall {
  readonly panel: string;
  readonly before: readonly number[];
  readonly since: readonly number[];
}

const SAME = 0.02;
/** Whether borders stand as they did. */
export const stands = (places: readonly number[], as: readonly number[]): boolean =>
  places.length === as.length && places.every((place, i) => Math.abs(place - (as[i] ?? 2)) < SAME);

/** Puts the borders back that a panel's whole height had moved. False where they have been moved otherwise since. */
export function backFromTall(panel: Element, tall: Tall): boolean {
  const column = columnOf(panel);
  if (!column || !stands(placesOf(column.borders), tall.since)) return false;
  putBack(column, tall.before);
  return true;
}

/** Where the borders of a panel's column stand, 0 to 1; null where it shares none. */
export function columnPlaces(panel: Element): readonly number[] | null {
  const column = columnOf(panel);
  return column && placesOf(column.borders);
}

/** Gives the panel its column's whole height; the others keep their heads. Null where it shares no column. */
export function turnTall(panel: HTMLElement): Tall | null {
  const column = columnOf(panel);
  if (!column) return null;
  const { borders, at } = column;
  const before = placesOf(borders);
  for (const border of borders.slice(0, at)) move(border, -FAR);
  for (const border of borders.slice(at).toReversed()) move(border, FAR);
  return { panel: panel.dataset.panel ?? '', before, since: placesOf(borders) };
}
