/** The line over a list that `/` opens: what is typed narrows it; Esc clears, Enter goes back to the list. */
import { type ReactNode, useRef, useState } from 'react';
import { useAction } from '../../app/keys/actions.ts';
import { FilterField, goToFilter } from '../../features/board/filter-field.tsx';
import { countSaid } from '../../ui/count-said.ts';

export interface Filter<Row> {
  /** In lower case, without space around it; empty where nothing is filtered. */
  readonly typed: string;
  readonly shown: readonly Row[];
  /** How many are shown, and of how many. */
  readonly count: string;
  readonly field: { readonly value: string; readonly onChange: (value: string) => void };
}

/** Narrows `rows` to those whose `texts` have all the words that are typed. */
export function useFilter<Row>(rows: readonly Row[], texts: (row: Row) => readonly (string | null)[]): Filter<Row> {
  const [value, onChange] = useState('');
  const typed = value.trim().toLowerCase();
  const shown = typed === '' ? rows : rows.filter((row) => matches(typed, ...texts(row)));
  return {
    typed,
    shown,
    count: countSaid(shown.length, rows.length, typed !== ''),
    field: { value, onChange },
  };
}

export function Filtered<Row>({
  label,
  placeholder,
  filter: { field },
  children,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly filter: Filter<Row>;
  readonly children: ReactNode;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useAction('filter', () => {
    goToFilter(place, () => setOpen(true));
    return true;
  });
  return (
    <div ref={place} className="filtered">
      {open ? (
        <FilterField
          label={label}
          placeholder={placeholder}
          {...field}
          onLeave={(clear) => {
            if (clear) {
              field.onChange('');
              setOpen(false);
            }
            place.current?.querySelector<HTMLElement>('[data-panel-focus]')?.focus();
          }}
        />
      ) : null}
      <div className="filtered-body">{children}</div>
    </div>
  );
}

/** Whether all words typed are in the text. Pure. */
function matches(typed: string, ...texts: readonly (string | null)[]): boolean {
  const text = texts.join(' ').toLowerCase();
  return typed.split(/\s+/).every((word) => text.includes(word));
}
