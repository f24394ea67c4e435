/** What a refusal says about one field of a form is shown at that field; what is about none of them, over the buttons. */
import { createContext, useContext, useLayoutEffect, useMemo, useRef } from 'react';

interface FieldProblem {
  /** As the refusal names it; a field of the form, or something that has none. */
  readonly field?: string | undefined;
  readonly detail: string;
}

interface InForm {
  readonly problem: FieldProblem | null;
  /** Names that a field of this form answers to. */
  readonly names: Set<string>;
  /** How often the form was sent: what is refused again is a refusal of its own, though it says the same. */
  readonly sent: number;
}
export const FieldProblemContext = createContext<InForm>({ problem: null, names: new Set(), sent: 0 });

/** For a form that was sent so often: what its fields read, and whether one of them shows the problem itself. */
export function useFieldProblems(
  problem: FieldProblem | null,
  sent: number,
): { readonly inForm: InForm; readonly atField: boolean } {
  const names = useRef(new Set<string>());
  const inForm = useMemo(() => ({ problem, names: names.current, sent }), [problem, sent]);
  return { inForm, atField: problem?.field !== undefined && names.current.has(problem.field) };
}

/** The sentence of a refusal that is about this field, with the field called as it is on the screen; null where there is none. */
export function useFieldProblem(name: string, label: string): string | null {
  const { problem, names } = useContext(FieldProblemContext);
  useLayoutEffect(() => {
    names.add(name);
    return () => {
      names.delete(name);
    };
  }, [names, name]);
  if (problem?.field !== name) return null;
  return problem.detail.startsWith(`${name} `) ? label + problem.detail.slice(name.length) : problem.detail;
}
