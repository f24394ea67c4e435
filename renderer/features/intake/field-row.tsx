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
        <FieldNotes id={id} state={state} />
      </div>
    </div>
  );
}

/** What a field says of itself to whoever hears it: that what is typed cannot be taken, and where the reason stands. */
export const saidWith = (id: string, { error }: Pick<FieldState, 'error'>) => ({
  'aria-describedby': notesOf(id),
  'aria-invalid': error !== '',
});

const notesOf = (id: string): string => `${id}-said`;

/** `id`: of the field that this stands under. */
export function FieldNotes({ id, state }: { readonly id: string; readonly state: FieldState }): ReactNode {
  return (
    <div id={notesOf(id)}>
      {state.error ? (
        <p role="alert" className="error-line">
          {state.error}
        </p>
      ) : null}
      {/* There before it says something: what comes with its words is not read out. */}
      <div role="status">
        {state.theirs !== null ? (
          <p className="mt-1 text-sm text-amber">
            Now “{state.theirs}” by someone else — Enter keeps yours, Esc takes theirs.
          </p>
        ) : null}
      </div>
      {state.others.length > 0 ? (
        <p className="mt-1 text-sm text-accent">{state.others.join(', ')} is typing here</p>
      ) : null}
      {state.changed ? <p className="mt-1 text-sm text-accent">changed just now</p> : null}
    </div>
  );
}
