import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyMonitor,
  type Monitor,
  readWindows,
  type SavedWindow,
  windowsToOpen,
  windowsToSave,
  within,
} from './layout.ts';

const left: Monitor = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } };
const right: Monitor = { id: 2, workArea: { x: 1920, y: 0, width: 2560, height: 1400 } };
const saved = (monitor: number, x: number, y: number): SavedWindow => ({
  monitor,
  bounds: { x, y, width: 1000, height: 700 },
  maximized: false,
  fullScreen: false,
  hash: '',
});

describe('windows by monitor', () => {
  it('opens each where it was, and fills the first monitor at a first start', () => {
    expect(windowsToOpen([saved(2, 2000, 100), saved(1, 10, 10)], [left, right])).toEqual([
      saved(2, 2000, 100),
      saved(1, 10, 10),
    ]);
    expect(windowsToOpen([], [left, right])).toEqual([
      { monitor: 1, bounds: left.workArea, maximized: true, fullScreen: false, hash: '' },
    ]);
  });

  it('keeps windows of a monitor that is gone for its return', () => {
    const before = [saved(1, 10, 10), saved(2, 2000, 100)];
    const open = windowsToOpen(before, [left]);
    expect(open).toEqual([saved(1, 10, 10)]);
    const kept = windowsToSave(open, before, [left]);
    expect(windowsToOpen(kept, [left, right])).toEqual(before);
  });

  it('puts one more on the monitor that has none', () => {
    expect(emptyMonitor([saved(1, 0, 0)], [left, right])?.id).toBe(2);
    expect(emptyMonitor([saved(1, 0, 0), saved(2, 2000, 0)], [left, right])?.id).toBe(1);
  });

  it('never places a window off its monitor, wherever it was saved', () => {
    const numbers = fc.integer({ min: -20_000, max: 20_000 });
    fc.assert(
      fc.property(fc.record({ x: numbers, y: numbers, width: numbers, height: numbers }), (bounds) => {
        const placed = within({ bounds }, right);
        const area = right.workArea;
        expect(placed.x).toBeGreaterThanOrEqual(area.x);
        expect(placed.y).toBeGreaterThanOrEqual(area.y);
        expect(placed.x + placed.width).toBeLessThanOrEqual(area.x + area.width);
        expect(placed.y + placed.height).toBeLessThanOrEqual(area.y + area.height);
      }),
    );
  });

  it('reads whatever is in the file without a word, and takes only windows from it', () => {
    expect(readWindows('not json')).toEqual([]);
    expect(readWindows('{"a":1}')).toEqual([]);
    const rows = [null, 3, { monitor: 1 }, { ...saved(1, 0, 0), hash: '#<script>', extra: 1 }, saved(2, 0, 0)];
    expect(readWindows(JSON.stringify(rows))).toEqual([saved(1, 0, 0), saved(2, 0, 0)]);
    fc.assert(fc.property(fc.json(), (text) => Array.isArray(readWindows(text))));
  });
});
