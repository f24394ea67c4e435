/** The line over a list that `/` opens: what is typed narrows it; Esc clears, Enter goes back to the list. */
import { type ReactNode, useRef, useState } from 'react';
import { useAction } from '../../app/keys/actions.ts';
import { FilterField } from '../../features/board/filter-field.tsx';

export function Filtered({
  label,
  placeholder,
  children,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly children: (typed: string) => ReactNode;
}): ReactNode {
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useAction('filter', () => {
    setOpen(true);
    place.current?.querySelector('input')?.focus();
    return true;
  });
  return (
    <div ref={place} className="filtered">
      {open ? (
        <FilterField
          label={label}
          placeholder={placeholder}
          value={typed}
          onChange={setTyped}
          onLeave={(clear) => {
            if (clear) {
              setTyped('');
              setOpen(false);
            }
            place.current?.querySelector<HTMLElement>('[data-panel-focus]')?.focus();
          }}
        />
      ) : null}
      <div className="filtered-body">{children(typed.trim().toLowerCase())}</div>
    </div>
  );
}

/** Whether all words typed are in the text. Pure. */
export function matches(typed: string, ...texts: readonly (string | null)[]): boolean {
  const text = texts.join(' ').toLowerCase();
  return typed.split(/\s+/).every((word) => text.includes(word));
}
