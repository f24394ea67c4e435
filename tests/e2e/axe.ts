import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { faintFields } from './faint-fields.ts';

/** The grid around it has the focus, and its arrows, Home, End and page keys scroll this (ARIA APG, Grid). */
const SCROLLED_BY_ITS_GRID = 'scrollable-region-focusable: <div role="rowgroup" tabindex="-1" class="grid-body">';

/** Serious and critical faults by axe, each with where it is; and fields whose edge cannot be made out, which axe does not look at. */
export async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`))
    .filter((fault) => fault !== SCROLLED_BY_ITS_GRID)
    .concat(await faintFields(page));
}
