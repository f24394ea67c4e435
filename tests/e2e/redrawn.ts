/** What a page draws anew, as React tells its developer tools at every commit. */
import type { Page } from 'playwright-core';

/** To be called before the page is opened. */
export async function countRedraws(page: Page): Promise<void> {
  await page.addInitScript(() => {
    /** The parts of React's fibers that are looked at here. */
    interface Fiber {
      readonly flags: number;
      readonly type: unknown;
      readonly stateNode: unknown;
      readonly return: Fiber | null;
      readonly child: Fiber | null;
      readonly sibling: Fiber | null;
      readonly alternate: Fiber | null;
    }
    const PERFORMED_WORK = 1;
    const drawn: string[] = [];
    const performed = (fiber: Fiber | null): boolean => fiber !== null && (fiber.flags & PERFORMED_WORK) !== 0;
    // What did not change is the very child that it was: nothing under it was drawn.
    const look = (now: Fiber, before: Fiber | null, cell: string): void => {
      const at =
        now.stateNode instanceof Element && now.stateNode.matches('.cell')
          ? `${now.stateNode.closest('[role=row]')?.getAttribute('aria-label')} ${now.stateNode.className}`
          : cell;
      // A unit's row is drawn by the component around it; what follows the clock in it is not that.
      if (now.stateNode instanceof Element && now.stateNode.matches('.unit-row') && performed(now.return))
        drawn.push(`${now.stateNode.getAttribute('aria-label')} unit-row`);
      if (at && typeof now.type === 'function' && performed(now)) drawn.push(at);
      if (before && now.child === before.child) return;
      for (let child = now.child; child; child = child.sibling) look(child, child.alternate, at);
    };
    Object.assign(window, {
      drawnCells: drawn,
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        supportsFiber: true,
        inject: () => 1,
        onCommitFiberUnmount: () => undefined,
        onCommitFiberRoot: (_: number, root: { readonly current: Fiber }) =>
          look(root.current, root.current.alternate, ''),
      },
    });
  });
}

/**
 * The cells and rows of units that were drawn anew since this was last asked, as `26-00017 cell cell-units` and `M36
 * unit-row`; without those that follow the clock.
 */
export function redrawnCells(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { drawnCells } = window as unknown as { readonly drawnCells: string[] };
    return drawnCells.splice(0).filter((cell) => !cell.endsWith('cell-time'));
  });
}
