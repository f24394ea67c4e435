import { useState } from 'react';
import type { Json } from '#domain/kernel/json.ts';
import { beginOver, chooseOver, type Fields, followOver, saveOver, type TypedOver, typeOver } from './typed-over.ts';

/** {@link TypedOver} of a form over a record that is shown as it stands now. */
export function useTypedOver<T extends Fields>(
  stands: T,
): TypedOver<T> & {
  readonly type: (field: keyof T & string, value: Json) => void;
  readonly choose: (field: keyof T & string, which: 'mine' | 'theirs') => void;
  /** The record is saved, by oneself, as this. */
  readonly saved: (as: T) => void;
} {
  const [before, set] = useState(() => beginOver(stands));
  const at = followOver(before, stands);
  if (at !== before) set(at);
  return {
    ...at,
    type: (field, value) => set((now) => typeOver(now, field, value)),
    choose: (field, which) => set((now) => chooseOver(now, field, which)),
    saved: (as) => set((now) => saveOver(now, as)),
  };
}
