import { expect } from 'vitest';
import type { Console } from './console.ts';

/** Lines of text that the header may take, in rem: more of them take the board's room. */
const HIGHEST_REM = 6.5;

/** What of the header is cut, lies on another part of it, or makes it too high. */
const amiss = ({ page }: Console): Promise<string[]> =>
  page.locator('.header').evaluate((header, highest) => {
    const state = header.querySelector('.header-state');
    const whole = [header, ...header.querySelectorAll('.header-state, .reach, .reach *, .badge')];
    const cut = whole
      .filter((one) => getComputedStyle(one).display !== 'inline')
      .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
      .map(
        (one) =>
          `${one.className}: ${one.scrollWidth} in ${one.clientWidth}, ${one.scrollHeight} in ${one.clientHeight}`,
      );
    const beside = [...header.children, ...(state?.children ?? [])].filter(
      (one) => one !== state && one.getBoundingClientRect().width > 1,
    );
    const over = beside.slice(1).flatMap((one, i) => {
      const [before, here] = [beside[i]?.getBoundingClientRect(), one.getBoundingClientRect()];
      const sameLine = before !== undefined && before.bottom > here.top + 1 && here.bottom > before.top + 1;
      return sameLine && before.right > here.left + 1 ? [`${one.className} lies on ${beside[i]?.className}`] : [];
    });
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const height = header.getBoundingClientRect().height / rem;
    return [...cut, ...over, ...(height > highest ? [`${height} rem high`] : [])];
  }, HIGHEST_REM);

/** Holds the header against every size of screen and text; leaves both as they are by default. */
export async function headerWholeEverywhere(at: Console): Promise<void> {
  const sized = (percent: number): Promise<void> =>
    at.page.evaluate((px) => document.documentElement.style.setProperty('font-size', `${px}px`), percent * 0.16);
  for (const width of [1920, 1366, 1280]) {
    await at.page.setViewportSize({ width, height: 768 });
    for (const percent of [175, 150, 125, 100, 90]) {
      await sized(percent);
      await expect.poll(() => amiss(at), { message: `${width} px, ${percent} %` }).toEqual([]);
    }
  }
  await sized(100);
  await at.page.setViewportSize({ width: 1920, height: 1080 });
}
