/** A form that asks the center for one thing, and shows its answer where the eye is. */
import { createContext, type FormEvent, type ReactNode, useContext, useLayoutEffect, useMemo, useRef } from 'react';
import type { Deed } from '../api/deed.ts';
import type { Problem } from '../api/problem.ts';
import { Refused } from './refused.tsx';
import { StepUp } from './step-up.tsx';

interface InForm {
  readonly problem: Problem | null;
  /** Names that a field of this form answers to. */
  readonly names: Set<string>;
}
const FormContext = createContext<InForm>({ problem: null, names: new Set() });

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
  const names = useRef(new Set<string>());
  const inForm = useMemo(() => ({ problem: deed.problem, names: names.current }), [deed.problem]);
  const { problem } = deed;
  const atField = problem?.field !== undefined && names.current.has(problem.field);
  return (
    <div role="group" aria-label={label} className="form-group">
      <form
        className="form"
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (!deed.busy) onSubmit();
        }}
      >
        <FormContext value={inForm}>{children}</FormContext>
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

/** The sentence of a refusal that is about this field, with the field called as it is on the screen; null where there is none. */
export function useFieldProblem(name: string, label: string): string | null {
  const { problem, names } = useContext(FormContext);
  useLayoutEffect(() => {
    names.add(name);
    return () => {
      names.delete(name);
    };
  }, [names, name]);
  if (problem?.field !== name) return null;
  return problem.detail.startsWith(`${name} `) ? label + problem.detail.slice(name.length) : problem.detail;
}
