import type { SerializedDockview } from 'dockview';
import { describe, expect, it } from 'vitest';
import { withoutPanels } from './without.ts';

const leaf = (id: string, size: number, ...views: string[]) => ({
  type: 'leaf' as const,
  size,
  data: { id, views, activeView: views.at(-1) ?? '' },
});

const saved = {
  grid: {
    root: {
      type: 'branch',
      size: 1_000,
      data: [
        { type: 'branch', size: 800, data: [leaf('1', 300, 'pending'), leaf('2', 700, 'active', 'closed')] },
        leaf('3', 600, 'units'),
        leaf('4', 500, 'call-1', 'call-2'),
      ],
    },
    width: 1_900,
    height: 1_000,
    orientation: 'HORIZONTAL',
  },
  panels: Object.fromEntries(['pending', 'active', 'closed', 'units', 'call-1', 'call-2'].map((id) => [id, { id }])),
  activeGroup: '4',
} as unknown as SerializedDockview;

describe('a layout without what passes through it', () => {
  it('gives the room of a column that goes to all columns alike, as it was taken, and forgets it wholly', () => {
    const rest = withoutPanels(saved, new Set(['call-1', 'call-2']));
    expect(rest?.grid.root.data).toMatchObject([{ size: 1_086 }, { size: 814, data: { id: '3' } }]);
    expect(Object.keys(rest?.panels ?? {})).toEqual(['pending', 'active', 'closed', 'units']);
    expect(rest?.activeGroup).toBeUndefined();
  });

  it('keeps a group that has more, with a tab of those that stay in front', () => {
    const rest = withoutPanels(saved, new Set(['closed', 'pending']));
    expect(JSON.stringify(rest?.grid.root)).toContain('"views":["active"],"activeView":"active"');
    expect(rest?.grid.root.data).toMatchObject([{ data: [{ size: 1_000 }] }, {}, {}]);
    expect(rest?.activeGroup).toBe('4');
  });

  it('is nothing where nothing stays, and the same where nothing goes', () => {
    expect(withoutPanels(saved, new Set(Object.keys(saved.panels)))).toBeNull();
    expect(withoutPanels(saved, new Set())).toBe(saved);
  });
});
