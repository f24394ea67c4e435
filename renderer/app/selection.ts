/** What this window has in hand: the selected incident and unit, units marked to be sent, the question being asked inline. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** Questions asked in place about an incident, by the key that asks each. */
export const INCIDENT_ASKS = ['note', 'time', 'hold', 'link', 'merge', 'cancel', 'close', 'priority'] as const;
export type IncidentAsk = (typeof INCIDENT_ASKS)[number];

export interface Selection {
  readonly incident: string | null;
  readonly unit: string | null;
  /** Units marked with Space, to be sent together. */
  readonly marked: readonly string[];
  /** `from`: the panel that was in hand, which whoever answered goes back to. */
  readonly ask: { readonly incident: string; readonly kind: IncidentAsk; readonly from: string | null } | null;
  /** It has just been asked, and takes the focus; one that comes back into sight takes it from nobody. */
  readonly asked: boolean;
  /** The unit whose status is being chosen. */
  readonly statusOf: string | null;
  /** The status that was pressed already and needs more. */
  readonly statusCode: string | null;
  /** As `asked`, of the status. */
  readonly statusAsked: boolean;
}

const store = createStore<Selection>(() => ({
  incident: null,
  unit: null,
  marked: [],
  ask: null,
  asked: false,
  statusOf: null,
  statusCode: null,
  statusAsked: false,
}));

export const selection = (): Selection => store.getState();
export const select = (change: Partial<Selection>): void => store.setState(change);
export function useSelection<T>(pick: (at: Selection) => T): T {
  return useStore(store, pick);
}

export function toggleMark(unit: string): void {
  const { marked } = store.getState();
  store.setState({ marked: marked.includes(unit) ? marked.filter((id) => id !== unit) : [...marked, unit] });
}
