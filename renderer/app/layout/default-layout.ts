/** The board as it stands before anyone has moved a panel: work at the left, units at the right. */
import type { DockviewApi } from 'dockview';

/** Of the height. On a busy night many calls wait, and each row that is not in sight is one that nobody sends for. */
const PENDING = 0.3;
/** What is to be settled stands in it whole, with the keys for it. */
const SETTLE_PX = 170;

export function buildDefault(api: DockviewApi, width: number, height: number): void {
  api.clear();
  const narrow = width < 1_500;
  api.addPanel({ id: 'pending', component: 'pending' });
  api.addPanel({
    id: 'units',
    component: 'units',
    position: { referencePanel: 'pending', direction: 'right' },
    initialWidth: Math.round(width * (narrow ? 0.4 : 0.437)),
  });
  api.addPanel({
    id: 'active',
    component: 'active',
    position: { referencePanel: 'pending', direction: 'below' },
    initialHeight: height - Math.max(205, Math.round(height * PENDING)),
  });
  api.addPanel({ id: 'closed', component: 'closed', position: { referencePanel: 'active' }, inactive: true });
  api.addPanel({
    id: 'incident',
    component: 'incident',
    position: { referencePanel: 'active', direction: 'below' },
    initialHeight: Math.round(height * 0.32),
  });
  api.addPanel({
    id: 'settle',
    component: 'settle',
    position: { referencePanel: 'units', direction: 'below' },
    initialHeight: Math.max(SETTLE_PX, Math.round(height * 0.2)),
  });
  api.addPanel({ id: 'requests', component: 'requests', position: { referencePanel: 'settle' }, inactive: true });
  api.getPanel('pending')?.api.setActive();
}
