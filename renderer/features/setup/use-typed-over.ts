import { useState } from 'react';
import type { Json } from '#domain/kernel/json.ts';
import type { Bound } from '../../ui/fields.tsx';
import { beginOver, chooseOver, type Fields, followOver, saveOver, type TypedOver, typeOver } from './typed-over.ts';

/** What is said at the first field that still stands against another's: nothing of theirs is overwritten unseen. */
const CHOOSE_FIRST = 'Somebody else saved something else here meanwhile: keep yours or take theirs.';

/** {@link TypedOver} of a form over a record that is shown as it stands now. */
export function useTypedOver<T extends Fields>(
  stands: T,
  /** Where a form that was left off goes on. */
  from: TypedOver<T> = beginOver(stands),
): TypedOver<T> & {
  readonly type: (field: keyof T & string, value: Json) => void;
  readonly choose: (field: keyof T & string, which: 'mine' | 'theirs') => void;
  readonly bind: <N extends keyof T & string>(name: N, as?: string) => Bound<T[N]>;
  /** Refuses, at the first field in which both stand, to save over somebody else unseen. False where there is none. */
  readonly unchosen: (refuse: (field: keyof T & string, detail: string) => void) => boolean;
  /** The record is saved, by oneself, as this. */
  readonly saved: (as: T) => void;
} {
  const [before, set] = useState(from);
  const at = followOver(before, stands);
  if (at !== before) set(at);
  const type = (field: keyof T & string, value: Json): void => set((now) => typeOver(now, field, value));
  return {
    ...at,
    type,
    choose: (field, which) => set((now) => chooseOver(now, field, which)),
    bind: (name, as = name) => ({ name: as, value: at.typed[name], onChange: (value) => type(name, value) }),
    unchosen: (refuse) => {
      const [first] = at.against;
      if (first !== undefined) refuse(first, CHOOSE_FIRST);
      return first !== undefined;
    },
    saved: (as) => set((now) => saveOver(now, as)),
  };
}
