import type { ReactNode, RefObject } from 'react';
import { flushSync } from 'react-dom';
import { useAction } from '../../app/keys/actions.ts';

/** Opens the filter of a part of the screen and goes to it. */
export function goToFilter(part: RefObject<HTMLElement | null>, open: () => void): void {
  // Drawn now: it takes the focus by its key alone, and none where it only comes back into sight.
  flushSync(open);
  const field = part.current?.querySelector<HTMLInputElement>('[data-filter]');
  field?.focus();
  field?.select();
}

/** `/` in this part of the screen opens its filter and goes to it; where it stands already, the key comes back to it. */
export function useFilterKey(part: RefObject<HTMLElement | null>, open: () => void): void {
  useAction('filter', () => {
    if (!part.current?.contains(document.activeElement)) return false;
    goToFilter(part, open);
    return true;
  });
}

/** The line that `/` opens in a panel. Esc clears and closes it, Enter goes back to the list. */
export function FilterField({
  label,
  value,
  onChange,
  onLeave,
  placeholder = 'number, nature, place or unit',
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onLeave: (clear: boolean) => void;
  readonly placeholder?: string;
}): ReactNode {
  return (
    <div className="flex items-center gap-2 border-b border-line px-3 py-1">
      <span className="mono text-accent" aria-hidden="true">
        /
      </span>
      <input
        data-filter=""
        aria-label={label}
        className="min-w-0 flex-1 bg-transparent py-0.5 outline-none"
        value={value}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' && event.key !== 'Enter') return;
          event.preventDefault();
          event.stopPropagation();
          onLeave(event.key === 'Escape');
        }}
      />
      <span className="muted text-sm">Enter keeps it · Esc clears it</span>
    </div>
  );
}
