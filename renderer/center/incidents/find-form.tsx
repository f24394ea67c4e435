/** Finds incidents of any age: by their number, or by the number that called. */
import { type ReactNode, useId, useState } from 'react';
import { type FindBy, objectionTo } from './rows.ts';

export interface Wanted {
  readonly by: FindBy;
  readonly text: string;
}

const BY: readonly (readonly [FindBy, string])[] = [
  ['number', 'incident number'],
  ['callback', 'callback number'],
];

export function FindForm({
  found,
  onFind,
  onNewest,
}: {
  /** What the list shows, where it is not the newest. */
  readonly found: Wanted | null;
  readonly onFind: (wanted: Wanted) => void;
  readonly onNewest: () => void;
}): ReactNode {
  const id = useId();
  const [by, setBy] = useState<FindBy>(found?.by ?? 'number');
  const [text, setText] = useState(found?.text ?? '');
  const [wrong, setWrong] = useState<string | null>(null);
  return (
    <form
      className="bar"
      aria-label="Find incidents"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const objection = objectionTo(by, text);
        setWrong(objection);
        if (objection === null) onFind({ by, text: text.trim() });
      }}
    >
      <span className="bar-pair">
        <label htmlFor={`${id}-text`}>Find</label>
        <input
          id={`${id}-text`}
          className="field"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={wrong !== null}
          aria-describedby={wrong === null ? undefined : `${id}-wrong`}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </span>
      <span className="bar-pair">
        <label htmlFor={`${id}-by`}>by</label>
        <select id={`${id}-by`} className="field" value={by} onChange={(event) => setBy(event.target.value as FindBy)}>
          {BY.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </span>
      <button type="submit" className="choice first">
        Find
      </button>
      {found === null ? null : (
        <button type="button" className="choice" onClick={onNewest}>
          The newest again
        </button>
      )}
      {wrong === null ? null : (
        <p id={`${id}-wrong`} role="alert" className="error-line">
          {wrong}
        </p>
      )}
    </form>
  );
}
