/** A form that asks the center for one thing, and shows its answer where the eye is. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { FieldProblemContext, useFieldProblems } from '../../ui/field-problem.ts';
import type { Deed } from '../api/deed.ts';
import { Refused } from './refused.tsx';
import { StepUp } from './step-up.tsx';

export function Form({
  label,
  deed,
  onSubmit,
  submit,
  onLeave,
  danger = false,
  disabled = false,
  children,
}: {
  readonly label: string;
  readonly deed: Deed;
  readonly onSubmit: () => void;
  /** What the button does, in words. */
  readonly submit: string;
  readonly onLeave?: () => void;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly children?: ReactNode;
}): ReactNode {
  const { problem } = deed;
  const [sent, setSent] = useState(0);
  const { inForm, atField } = useFieldProblems(problem, sent);
  return (
    <div role="group" aria-label={label} className="form-group">
      <form
        className="form"
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (deed.busy) return;
          setSent(sent + 1);
          onSubmit();
        }}
      >
        <FieldProblemContext value={inForm}>{children}</FieldProblemContext>
        {problem && !atField && deed.waiting === null ? <Refused problem={problem} /> : null}
        {deed.waiting === null ? (
          <p className="form-buttons">
            <button
              type="submit"
              className={`choice ${danger ? 'danger' : 'first'}`}
              disabled={disabled}
              aria-disabled={deed.busy}
            >
              {deed.busy ? 'One moment…' : submit}
            </button>
            {onLeave ? (
              <button type="button" className="choice" onClick={onLeave}>
                Leave
              </button>
            ) : null}
          </p>
        ) : null}
      </form>
      {deed.waiting ? <StepUp waiting={deed.waiting} /> : null}
    </div>
  );
}
