import { afterEach, expect, it, vi } from 'vitest';
import type { Station } from '../connection/station.ts';
import { askBoard } from './asked-of-board.ts';

const saved: unknown[] = [];
const station = {
  call: async (...said: readonly unknown[]) => {
    saved.push(said);
    return { ok: true, value: {} };
  },
} as unknown as Station;

afterEach(() => {
  vi.unstubAllGlobals();
  saved.length = 0;
});

it('brings the window of the board to the front, also in the desktop shell, which opens windows itself', () => {
  const opened: string[] = [];
  const open = (address: string): void => void opened.push(address);
  vi.stubGlobal('location', { pathname: '/index.html' });
  vi.stubGlobal('window', { opener: null, station: {}, open });
  expect(askBoard(station, 'found', null)).toBe(true);
  expect(opened).toEqual(['/index.html']);

  const focus = vi.fn();
  vi.stubGlobal('window', { opener: { closed: false, focus }, open });
  expect(askBoard(station, 'found', null)).toBe(true);
  expect(focus).toHaveBeenCalledOnce();
  expect(opened).toHaveLength(1);
  expect(saved).toHaveLength(2);
});

it('asks nothing of a board whose window was closed', () => {
  vi.stubGlobal('window', { opener: { closed: true }, open: () => undefined });
  expect(askBoard(station, 'found', null)).toBe(false);
  expect(saved).toEqual([]);
});
