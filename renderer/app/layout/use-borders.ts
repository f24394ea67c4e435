import type { DockviewApi, DockviewGroupPanel, IDockviewPanel } from 'dockview';
import { type RefObject, useEffect, useMemo, useRef } from 'react';
import { remPx } from '../../ui/rem.ts';
import { now } from '../clock/clock.ts';
import { echo } from '../command-line/echo.ts';
import { usePreferences } from '../theme/preferences.ts';
import {
  backFromTall,
  borderKey,
  columnPlaces,
  dressBorders,
  isBorder,
  stands,
  type Tall,
  turnTall,
} from './borders.ts';
import { PANELS, panelName } from './panels.tsx';

/** A panel keeps its head, whatever its neighbours take. In rem, with its frame. */
const HEAD_REM = 2.375;
/** A panel that is gone to shows its first rows. */
const LEAST_IN_HAND_REM = 9;

const bodyOf = (panel: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[data-panel="${CSS.escape(panel)}"]`);

export interface Borders {
  /** The whole height of its column for this panel, or back as it was. */
  readonly tall: (panel: string) => void;
  /** Gives a panel that is gone to enough room to be seen. */
  readonly show: (panel: IDockviewPanel) => void;
}

/** `kept` holds which panel is tall, so that it is saved with the layout; `chosen` hears that somebody moves borders now. */
export function useBorders(
  api: DockviewApi | null,
  host: RefObject<HTMLElement | null>,
  kept: { current: Tall | null },
  chosen: () => void,
): Borders {
  const { scale } = usePreferences();
  /** What panels that were gone to took for their first rows, which are of another height at another size of text. */
  const shown = useRef<readonly Tall[]>([]);
  useEffect(() => {
    const board = host.current;
    if (!api || !board) return;
    const least = (group: DockviewGroupPanel): void =>
      group.api.setConstraints({ minimumHeight: Math.round(HEAD_REM * 16 * (scale / 100)) });
    for (const group of api.groups) least(group);
    for (const took of shown.current.toReversed()) {
      const body = bodyOf(took.panel);
      if (body) backFromTall(body, took);
    }
    shown.current = [];
    const adding = api.onDidAddGroup(least);
    const dress = (): void => dressBorders(board);
    dress();
    const changing = api.onDidLayoutChange(dress);
    const onKey = (event: KeyboardEvent): void => {
      if (!isBorder(event.target)) return;
      chosen();
      if (!borderKey(event)) return;
      event.preventDefault();
      event.stopPropagation();
      dress();
    };
    board.addEventListener('keydown', onKey);
    return () => {
      adding.dispose();
      changing.dispose();
      board.removeEventListener('keydown', onKey);
    };
  }, [api, host, scale, chosen]);

  return useMemo(() => {
    /** What a panel had taken for its whole height is given back. Returns whose that was, where the borders still stood so. */
    const giveBack = (): string | null => {
      const tall = kept.current;
      const body = tall && bodyOf(tall.panel);
      kept.current = null;
      return tall && body && backFromTall(body, tall) ? tall.panel : null;
    };
    return {
      tall: (panel) => {
        const body = bodyOf(panel);
        chosen();
        if (!body || giveBack() === panel) return;
        kept.current = turnTall(body);
        if (kept.current === null) echo(true, 'this panel has the whole height already', now());
      },
      show: ({ id, group }) => {
        const least = (PANELS[panelName(id)]?.leastRem ?? LEAST_IN_HAND_REM) * remPx();
        if (group.height >= least) return;
        if (kept.current?.panel !== id) giveBack();
        if (group.height >= least) return;
        const body = bodyOf(id);
        const before = body && columnPlaces(body);
        group.api.setSize({ height: least });
        const since = body && columnPlaces(body);
        if (before && since && !stands(before, since)) shown.current = [...shown.current, { panel: id, before, since }];
      },
    };
  }, [kept, chosen]);
}
