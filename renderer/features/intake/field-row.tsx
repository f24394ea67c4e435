import type { ReactNode } from 'react';
import type { FieldState } from './use-field.ts';

/** A label and its field, with what is wrong, what others did, and who else is typing right under it. */
export function FieldRow({
  id,
  label,
  state,
  className = '',
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly state: FieldState;
  readonly className?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className={`intake-row ${className}`}>
      <label htmlFor={id}>{label}</label>
      <div className="min-w-0">
        {children}
        <FieldNotes state={state} />
      </div>
    </div>
  );
}

export function FieldNotes({ state }: { readonly state: FieldState }): ReactNode {
  return (
    <>
      {state.error ? (
        <p role="alert" className="error-line">
          {state.error}
        </p>
      ) : null}
      {state.theirs !== null ? (
        <p role="status" className="mt-1 text-sm text-amber">
          Now “{state.theirs}” by someone else — Enter keeps yours, Esc takes theirs.
        </p>
      ) : null}
      {state.others.length > 0 ? (
        <p className="mt-1 text-sm text-accent">{state.others.join(', ')} is typing here</p>
      ) : null}
      {state.changed ? <p className="mt-1 text-sm text-accent">changed just now</p> : null}
    </>
  );
}
