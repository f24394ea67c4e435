/** Where a panel goes that is opened: calls and setup as a column beside the board, others beside their like. */
import type { DockviewApi, IDockviewGroupPanel, IDockviewPanel } from 'dockview';
import { PANELS, panelName } from './panels.tsx';

type Side = 'above' | 'below' | 'within' | 'right';
/** Where a panel of the board comes home to: beside the first of these that is there. */
const HOMES: { readonly [panel: string]: readonly (readonly [string, Side])[] } = {
  pending: [
    ['active', 'above'],
    ['closed', 'above'],
    ['incident', 'above'],
  ],
  active: [
    ['closed', 'within'],
    ['pending', 'below'],
    ['incident', 'above'],
  ],
  closed: [
    ['active', 'within'],
    ['pending', 'within'],
    ['incident', 'above'],
  ],
  found: [
    ['closed', 'within'],
    ['active', 'within'],
    ['pending', 'within'],
    ['incident', 'above'],
  ],
  incident: [
    ['active', 'below'],
    ['closed', 'below'],
    ['pending', 'below'],
  ],
  units: [
    ['settle', 'above'],
    ['requests', 'above'],
  ],
  settle: [
    ['requests', 'within'],
    ['units', 'below'],
  ],
  requests: [
    ['settle', 'within'],
    ['units', 'below'],
  ],
};

/** What units have of the height of their column where something stands below them. */
const UNITS_SHARE = 0.78;

/** What share of the width the board's own groups had before a passing panel came beside them. */
let sharesBefore: ReadonlyMap<string, number> | null = null;

/** Whether a panel, by its id, comes and goes with the work. */
export function passes(id: string): boolean {
  return PANELS[panelName(id)]?.passing === true;
}

export function isPassing(panel: IDockviewPanel): boolean {
  return passes(panel.id);
}

/** Whether it stands in the column beside the board that calls come and go in. */
function isBeside(panel: IDockviewPanel): boolean {
  return isPassing(panel) && PANELS[panelName(panel.id)]?.home !== true;
}

/** Dockview counts a part of the gap to what it is given, and says its width without: what is missing is added. */
function setWidth(group: IDockviewGroupPanel | undefined, width: number): void {
  group?.api.setSize({ width });
  if (group && group.width !== width) group.api.setSize({ width: 2 * width - group.width });
}

function setShares(api: DockviewApi, shares: ReadonlyMap<string, number>, of: number): void {
  for (const [group, share] of shares) setWidth(api.getGroup(group), Math.round(of * share));
}

/** A full column between nothing and the board: room is taken from all columns alike, and given back at the end. */
function makeRoom(api: DockviewApi, id: string, name: string): IDockviewPanel {
  const columns = new Map(api.groups.map((group) => [group.id, group.width / api.width]));
  sharesBefore = columns;
  const width = Math.round(Math.min(700, Math.max(400, api.width * 0.3)));
  const panel = api.addPanel({ id, component: name, position: { direction: 'right' }, initialWidth: width });
  setShares(api, columns, api.width - width);
  setWidth(panel.group, width);
  return panel;
}

/** After the last passing panel went. The board may be wider or narrower by now than when it came. */
export function giveRoomBack(api: DockviewApi): void {
  if (!sharesBefore || api.panels.some(isBeside)) return;
  setShares(api, sharesBefore, api.width);
  sharesBefore = null;
}

/** Calls open beside the board and not over it; the other panels beside their like, `behind` the one that is in sight there. */
export function addWhereItBelongs(api: DockviewApi, id: string, behind = false): IDockviewPanel {
  const name = panelName(id);
  const base = { id, component: name, inactive: behind };
  if (PANELS[name]?.passing && !PANELS[name].home) {
    const passing = api.panels.find(isBeside);
    return passing ? api.addPanel({ ...base, position: { referencePanel: passing } }) : makeRoom(api, id, name);
  }
  for (const [reference, direction] of HOMES[name] ?? []) {
    if (!api.getPanel(reference)) continue;
    // Units are most of their column; others share theirs alike.
    const size = name === 'units' ? { initialHeight: Math.round(api.height * UNITS_SHARE) } : {};
    return api.addPanel({ ...base, ...size, position: { referencePanel: reference, direction } });
  }
  if (name === 'units')
    return api.addPanel({ ...base, position: { direction: 'right' }, initialWidth: api.width * 0.44 });
  return api.addPanel(base);
}

/** Another layout was put up: what room the passing panels had taken is no longer known. */
export function forgetRoom(): void {
  sharesBefore = null;
}
