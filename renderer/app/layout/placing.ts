/** Where a panel goes that is opened: calls and setup as a column beside the board, others beside their like. */
import type { DockviewApi, IDockviewPanel } from 'dockview';
import { PANELS, panelName } from './panels.tsx';

/** Widths of the board's own groups before a passing panel came beside them. */
let widthsBefore: ReadonlyMap<string, number> | null = null;

export function isPassing(panel: IDockviewPanel): boolean {
  return PANELS[panelName(panel.id)]?.passing === true;
}

/** A full column between nothing and the board: room is taken from all columns alike, and given back at the end. */
function makeRoom(api: DockviewApi, id: string, name: string): IDockviewPanel {
  const columns = new Map(api.groups.map((group) => [group.id, group.width]));
  widthsBefore = columns;
  const width = Math.round(Math.min(700, Math.max(400, api.width * 0.3)));
  const panel = api.addPanel({ id, component: name, position: { direction: 'right' }, initialWidth: width });
  const share = (api.width - width) / api.width;
  for (const [group, before] of columns) api.getGroup(group)?.api.setSize({ width: Math.round(before * share) });
  panel.group.api.setSize({ width });
  return panel;
}

/** After the last passing panel went. */
export function giveRoomBack(api: DockviewApi): void {
  if (!widthsBefore || api.panels.some(isPassing)) return;
  for (const [group, width] of widthsBefore) api.getGroup(group)?.api.setSize({ width });
  widthsBefore = null;
}

/** Calls open beside the board and not over it; the other panels beside their like. */
export function addWhereItBelongs(api: DockviewApi, id: string): IDockviewPanel {
  const name = panelName(id);
  const base = { id, component: name };
  if (PANELS[name]?.passing) {
    const passing = api.panels.find(isPassing);
    return passing ? api.addPanel({ ...base, position: { referencePanel: passing } }) : makeRoom(api, id, name);
  }
  const like: { readonly [panel: string]: string } = {
    closed: 'active',
    requests: 'settle',
    settle: 'requests',
    active: 'closed',
  };
  const beside = api.getPanel(like[name] ?? '') ?? api.panels.findLast((panel) => !isPassing(panel));
  return api.addPanel(beside ? { ...base, position: { referencePanel: beside } } : base);
}

/** Another layout was put up: what room the passing panels had taken is no longer known. */
export function forgetRoom(): void {
  widthsBefore = null;
}
