import { type ReactNode, useId, useState } from 'react';
import { usePeople } from '../people/people-known.ts';
import { TABLES_SAID } from './said.ts';
import { ALL, type AuditTyped } from './search-query.ts';

const OPS = [
  ['', 'anything'],
  ['insert', 'made'],
  ['update', 'changed'],
  ['delete', 'removed'],
  ['read', 'read'],
  ['act', 'acted'],
] as const;

/** Fields that the links of an entry set, shown while they narrow. */
const NARROWED = ['row', 'request', 'session', 'device'] as const;

export function SearchForm({
  search,
  onSearch,
}: {
  readonly search: AuditTyped;
  readonly onSearch: (search: AuditTyped) => void;
}): ReactNode {
  const id = useId();
  const people = usePeople().value ?? [];
  const [typed, setTyped] = useState(search);
  const put = (change: Partial<AuditTyped>): void => setTyped((before) => ({ ...before, ...change }) as AuditTyped);
  const narrowed = NARROWED.filter((name) => typed[name] !== '');
  return (
    <form
      className="bar audit-search"
      aria-label="Search the audit"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed);
      }}
    >
      <span className="bar-pair">
        <label htmlFor={`${id}-actor`}>Who</label>
        <select
          id={`${id}-actor`}
          className="field"
          value={typed.actor}
          onChange={(event) => put({ actor: event.target.value })}
        >
          <option value="">anyone</option>
          <option value="center">the center</option>
          <option value="operator">the operator</option>
          {typed.actor !== '' && !people.some(({ person }) => person === typed.actor) ? (
            <option value={typed.actor}>{typed.actor}</option>
          ) : null}
          {people.map(({ person, name, login }) => (
            <option key={person} value={person}>
              {name} ({login})
            </option>
          ))}
        </select>
      </span>
      <span className="bar-pair">
        <label htmlFor={`${id}-op`}>Did</label>
        <select
          id={`${id}-op`}
          className="field"
          value={typed.op}
          onChange={(event) => put({ op: event.target.value as AuditTyped['op'] })}
        >
          {OPS.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </span>
      <span className="bar-pair">
        <label htmlFor={`${id}-table`}>In</label>
        <input
          id={`${id}-table`}
          className="field audit-table"
          placeholder="anything"
          list={`${id}-tables`}
          autoComplete="off"
          spellCheck={false}
          value={typed.table}
          onChange={(event) => put({ table: event.target.value, row: '' })}
        />
        <datalist id={`${id}-tables`}>
          {TABLES_SAID.map(([table, words]) => (
            <option key={table} value={table} label={words} />
          ))}
        </datalist>
      </span>
      <span className="bar-pair">
        <label htmlFor={`${id}-reason`}>Reason</label>
        <input
          id={`${id}-reason`}
          className="field audit-reason"
          placeholder="words of it"
          autoComplete="off"
          value={typed.reason}
          onChange={(event) => put({ reason: event.target.value })}
        />
      </span>
      <span className="bar-pair">
        <label htmlFor={`${id}-from`}>From</label>
        <input
          id={`${id}-from`}
          type="datetime-local"
          className="field"
          value={typed.from}
          onChange={(event) => put({ from: event.target.value })}
        />
      </span>
      <span className="bar-pair">
        <label htmlFor={`${id}-until`}>Until</label>
        <input
          id={`${id}-until`}
          type="datetime-local"
          className="field"
          value={typed.until}
          onChange={(event) => put({ until: event.target.value })}
        />
      </span>
      {narrowed.map((name) => (
        <button
          key={name}
          type="button"
          className="choice"
          aria-pressed="true"
          onClick={() => onSearch({ ...typed, [name]: '' } as AuditTyped)}
        >
          {name} {typed[name]?.slice(0, 13)} ✕
        </button>
      ))}
      <button type="submit" className="choice first">
        Search
      </button>
      <button type="button" className="choice" onClick={() => onSearch({ ...ALL })}>
        Clear
      </button>
    </form>
  );
}
