/** Keys to sign with and of sites as they stand in their rows: one in use, one that may be to come, and those of before. */
import type { KeyState } from './ring.ts';

/** How long a node goes by the rows that it read: another may have rotated a key. ms */
export const READ_LIFE_MS = 5_000;

export interface KeptKey {
  readonly id: string;
  readonly wrapped: Buffer;
  readonly active_at: number | null;
  readonly retired_at: number | null;
}

/** The active key first, then those to come, then those of before, the newest first. */
export const IN_ORDER = `order by case when retired_at is not null then 3 when active_at is null then 2 else 1 end, created_at desc`;

export function stateOf({ active_at, retired_at }: Pick<KeptKey, 'active_at' | 'retired_at'>): KeyState {
  return retired_at !== null ? 'retired' : active_at === null ? 'pending' : 'active';
}
