import type { ComponentProps, ReactNode } from 'react';
import { saidWith } from './field-row.tsx';
import type { FieldState } from './use-field.ts';

/** Where the plain text of a field is typed: it is taken on Enter and where the field is left, and Escape takes what somebody else put there. */
export function FieldInput({
  id,
  state,
  commit,
  onEntered,
  ...shown
}: {
  readonly id: string;
  readonly state: FieldState;
  /** False where what was typed cannot be taken: then Enter stays with it. */
  readonly commit: () => boolean;
  /** Enter, with something in it or not: on to the next question. */
  readonly onEntered?: () => void;
} & Pick<ComponentProps<'input'>, 'className' | 'placeholder' | 'title' | 'aria-label'>): ReactNode {
  return (
    <input
      {...shown}
      id={id}
      autoComplete="off"
      value={state.value}
      {...saidWith(id, state)}
      onChange={(event) => state.type(event.target.value)}
      onFocus={state.enter}
      onBlur={(event) => {
        if (state.leave(event)) commit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          event.preventDefault();
          if (commit()) onEntered?.();
        } else if (event.key === 'Escape' && state.theirs !== null) {
          event.preventDefault();
          state.drop();
        }
      }}
    />
  );
}
