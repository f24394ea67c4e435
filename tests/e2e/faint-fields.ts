import type { Page } from 'playwright-core';
import { contrast } from '../../renderer/app/theme/ink.ts';

interface Edge {
  readonly html: string;
  readonly edge: string;
  readonly inside: string;
  readonly around: string;
}

/**
 * Fields of text and choice in sight whose edge has less than 3:1 against what it encloses or what it stands on (WCAG 2.2,
 * 1.4.11). Ticked boxes are drawn by the browser, and the command line is the whole foot of the window.
 */
export async function faintFields(page: Page): Promise<string[]> {
  const edges = await page.evaluate((): Edge[] => {
    const opaque = (colour: string): boolean => !/^rgba\(.*, 0\)$|transparent/.test(colour);
    const ground = (of: Element | null): string => {
      for (let at = of; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if (opaque(backgroundColor)) return backgroundColor;
      }
      return 'rgb(255, 255, 255)';
    };
    const inputs = document.querySelectorAll(
      'input:not([type=checkbox], [type=radio], [type=range], [type=file]), select, textarea',
    );
    const fields = [...inputs]
      .filter((one) => one.closest('[data-command-line]') === null && one.checkVisibility({ visibilityProperty: true }))
      .map((one) => one.closest('.field') ?? one);
    return [...new Set(fields)].map((field) => ({
      html: field.outerHTML.slice(0, 160),
      edge: getComputedStyle(field).borderBottomColor,
      inside: ground(field),
      around: ground(field.parentElement),
    }));
  });
  return edges.flatMap(({ html, edge, inside, around }) => {
    const least = Math.min(contrast(hex(edge), hex(inside)), contrast(hex(edge), hex(around)));
    return least >= 3 ? [] : [`edge of a field ${least.toFixed(2)}:1: ${html}`];
  });
}

/** `rgb(16, 22, 29)` as `#10161d`. */
function hex(colour: string): string {
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour)?.slice(1);
  if (!parts) throw new Error(`Not a colour that can be held against another: ${colour}`);
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
}
