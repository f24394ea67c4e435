/** Fields of forms: a label, the field, what it is for, and what is objected to in it. */
import { type ReactNode, type RefObject, useContext, useEffect, useId, useRef, useState } from 'react';
import { FieldProblemContext, useFieldProblem } from './field-problem.ts';

export interface Bound<V> {
  /** As a refusal names it. */
  readonly name: string;
  readonly value: V;
  readonly onChange: (value: V) => void;
}

/** What is typed into a form, by field. */
export function useTyped<T extends { readonly [field: string]: unknown }>(
  begin: T,
): {
  readonly typed: T;
  readonly bind: <N extends keyof T & string>(name: N, as?: string) => Bound<T[N]>;
  readonly set: (typed: T) => void;
} {
  const [typed, set] = useState(begin);
  return {
    typed,
    set,
    bind: (name, as = name) => ({
      name: as,
      value: typed[name],
      onChange: (value) => set((before) => ({ ...before, [name]: value })),
    }),
  };
}

interface Labelled {
  readonly label: string;
  readonly hint?: ReactNode;
}

/** What is objected to in a field, and the place in which its first input takes the focus then. */
function useProblemAt(
  name: string,
  label: string,
): { problem: string | null; place: RefObject<HTMLDivElement | null> } {
  const problem = useFieldProblem(name, label);
  const { sent } = useContext(FieldProblemContext);
  const place = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same refusal of what was sent again takes the focus again
  useEffect(() => {
    if (problem !== null) place.current?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, [problem, sent]);
  return { problem, place };
}

/** What a field is for, or what is objected to in it. */
function Said({
  id,
  problem,
  hint,
}: {
  readonly id: string;
  readonly problem: string | null;
  readonly hint: ReactNode;
}): ReactNode {
  return (
    <p id={id} className={problem === null ? 'form-hint' : 'error-line'} role={problem === null ? undefined : 'alert'}>
      {problem ?? hint}
    </p>
  );
}

/** Label over the field; the field takes the focus when a refusal is about it. */
function Row({
  id,
  label,
  hint,
  name,
  children,
}: Labelled & {
  readonly id: string;
  readonly name: string;
  readonly children: (wrong: boolean, described: string) => ReactNode;
}): ReactNode {
  const { problem, place } = useProblemAt(name, label);
  return (
    <div className="form-row">
      <label htmlFor={id}>{label}</label>
      <div ref={place}>
        {children(problem !== null, `${id}-said`)}
        <Said id={`${id}-said`} problem={problem} hint={hint} />
      </div>
    </div>
  );
}

export function TextField({
  name,
  value,
  onChange,
  type = 'text',
  autoComplete = 'off',
  inputMode,
  focus = false,
  placeholder,
  list,
  ...labelled
}: Bound<string> &
  Labelled & {
    readonly type?: 'text' | 'password' | 'datetime-local' | 'number' | 'email' | 'url';
    readonly autoComplete?: string;
    readonly inputMode?: 'numeric' | 'text';
    /** Has the focus when the form comes into sight. */
    readonly focus?: boolean;
    readonly placeholder?: string;
    /** Id of a datalist that offers values. */
    readonly list?: string;
  }): ReactNode {
  const id = useId();
  return (
    <Row id={id} name={name} {...labelled}>
      {(wrong, described) => (
        <input
          id={id}
          type={type}
          className="field"
          autoComplete={autoComplete}
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={wrong}
          aria-describedby={described}
          {...(inputMode ? { inputMode } : {})}
          {...(focus ? { 'data-panel-focus': '' } : {})}
          {...(placeholder ? { placeholder } : {})}
          {...(list ? { list } : {})}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Row>
  );
}

export interface Option<V extends string> {
  readonly value: V;
  readonly title: string;
}

export function SelectField<V extends string>({
  name,
  value,
  onChange,
  options,
  focus = false,
  ...labelled
}: Bound<V> & Labelled & { readonly options: readonly Option<V>[]; readonly focus?: boolean }): ReactNode {
  const id = useId();
  return (
    <Row id={id} name={name} {...labelled}>
      {(wrong, described) => (
        <select
          id={id}
          className="field"
          aria-invalid={wrong}
          aria-describedby={described}
          {...(focus ? { 'data-panel-focus': '' } : {})}
          value={value}
          onChange={(event) => onChange(event.target.value as V)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.title}
            </option>
          ))}
        </select>
      )}
    </Row>
  );
}

export function CheckField({ name, value, onChange, ...labelled }: Bound<boolean> & Labelled): ReactNode {
  const id = useId();
  const { problem, place } = useProblemAt(name, labelled.label);
  return (
    <div className="form-row form-row-check">
      <span />
      <div ref={place}>
        <label htmlFor={id}>
          <input
            id={id}
            type="checkbox"
            aria-invalid={problem !== null}
            aria-describedby={`${id}-said`}
            checked={value}
            onChange={(event) => onChange(event.target.checked)}
          />
          {labelled.label}
        </label>
        <Said id={`${id}-said`} problem={problem} hint={labelled.hint} />
      </div>
    </div>
  );
}

/** Several of several, each a box of its own. */
export function ManyField<V extends string>({
  name,
  value,
  onChange,
  options,
  label,
  hint,
}: Bound<readonly V[]> & Labelled & { readonly options: readonly Option<V>[] }): ReactNode {
  const id = useId();
  const { problem, place } = useProblemAt(name, label);
  return (
    <fieldset className="form-row form-many" aria-describedby={`${id}-said`}>
      <legend>{label}</legend>
      <div ref={place}>
        <div className="form-boxes">
          {options.map((option) => (
            <label key={option.value} htmlFor={`${id}-${option.value}`}>
              <input
                id={`${id}-${option.value}`}
                type="checkbox"
                checked={value.includes(option.value)}
                onChange={(event) =>
                  onChange(
                    options
                      .map((one) => one.value)
                      .filter((one) => (one === option.value ? event.target.checked : value.includes(one))),
                  )
                }
              />
              {option.title}
            </label>
          ))}
        </div>
        <Said id={`${id}-said`} problem={problem} hint={hint} />
      </div>
    </fieldset>
  );
}
