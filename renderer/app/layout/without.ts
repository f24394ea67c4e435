/** A saved arrangement without the panels that only pass through it (calls, preferences): what is kept is the rest. */
import type { SerializedDockview } from 'dockview';

type Node = SerializedDockview['grid']['root'];
type Leaf = { readonly views: readonly string[]; readonly activeView?: string; readonly id: string };

const roomOf = (nodes: readonly Node[]): number => nodes.reduce((sum, { size }) => sum + (size ?? 0), 0);

function pruned(node: Node, gone: ReadonlySet<string>, groups: Set<string>): Node | null {
  if (node.type === 'leaf') {
    const leaf = node.data as Leaf;
    const views = leaf.views.filter((view) => !gone.has(view));
    if (views.length === 0) return null;
    groups.add(leaf.id);
    const activeView = leaf.activeView !== undefined && views.includes(leaf.activeView) ? leaf.activeView : views[0];
    return { ...node, data: { ...leaf, views, activeView } } as Node;
  }
  const children = node.data as Node[];
  const kept = children.flatMap((child) => pruned(child, gone, groups) ?? []);
  // What passes through takes its room from all alike (`placing.ts`), so all alike have it back.
  const share = roomOf(children) / (roomOf(kept) || 1);
  for (const [i, child] of kept.entries()) kept[i] = { ...child, size: Math.round((child.size ?? 0) * share) };
  return kept.length === 0 ? null : ({ ...node, data: kept } as Node);
}

/** Null where nothing would be left. */
export function withoutPanels(saved: SerializedDockview, gone: ReadonlySet<string>): SerializedDockview | null {
  if (gone.size === 0) return saved;
  const groups = new Set<string>();
  const root = pruned(saved.grid.root, gone, groups);
  if (!root) return null;
  const panels = Object.fromEntries(Object.entries(saved.panels).filter(([id]) => !gone.has(id)));
  const { activeGroup, ...rest } = saved;
  const active = activeGroup !== undefined && groups.has(activeGroup) ? { activeGroup } : {};
  return { ...rest, ...active, grid: { ...saved.grid, root }, panels };
}
