import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyMonitor,
  type Monitor,
  readWindows,
  type SavedWindow,
  windowShowing,
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

  it('opens the board where only panels that were torn off are left, and again on its own monitor once that is back', () => {
    const torn = { ...saved(1, 10, 10), hash: '#panel=units' };
    const board = { monitor: 1, bounds: left.workArea, maximized: true, fullScreen: false, hash: '' };
    const before = [torn, saved(2, 2000, 100)];
    expect(windowsToOpen(before, [left])).toEqual([board, torn]);
    expect(windowsToOpen(before, [left, right])).toEqual(before);
    // Whoever closed the board and then, last, a panel.
    expect(windowsToOpen([torn], [left, right])).toEqual([board, torn]);
  });

  it('finds the window that shows a panel, and the one with the board, whatever else its address says', () => {
    const open = ['#panel=units', '', '#panel=intake%3A018f'];
    expect(windowShowing('', open)).toBe(1);
    expect(windowShowing('#', open)).toBe(1);
    expect(windowShowing('#panel=units', open)).toBe(0);
    expect(windowShowing('#panel=intake%3A018f', open)).toBe(2);
    expect(windowShowing('#panel=pending', open)).toBe(-1);
    expect(windowShowing('', ['#panel=units'])).toBe(-1);
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
    // A call in a window of its own, as its address names it.
    const call = { ...saved(1, 0, 0), hash: `#${new URLSearchParams({ panel: 'intake:018f-7a' })}` };
    expect(readWindows(JSON.stringify([call]))).toEqual([call]);
    fc.assert(fc.property(fc.json(), (text) => Array.isArray(readWindows(text))));
  });
});
