import { afterEach, expect, it, vi } from 'vitest';
import { tint } from './tint.ts';

const animate = vi.fn();
const row = { animate } as unknown as HTMLElement;
/** Of whoever asks for less motion, or not. */
function tinted(less: boolean): void {
  vi.stubGlobal('window', { matchMedia: (query: string) => ({ matches: less && query.includes('reduced-motion') }) });
  tint(row);
}
afterEach(() => {
  vi.unstubAllGlobals();
  animate.mockClear();
});

it('is one, and short', () => {
  tinted(false);
  expect(animate).toHaveBeenCalledOnce();
  expect(animate.mock.calls[0]?.[1]).toMatchObject({ duration: 900 });
  expect(animate.mock.calls[0]?.[1]).not.toHaveProperty('iterations');
});

it('is none for people who asked for less motion', () => {
  tinted(true);
  expect(animate).not.toHaveBeenCalled();
});
