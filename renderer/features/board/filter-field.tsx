import { type ReactNode, useEffect, useRef } from 'react';
import { useAction } from '../../app/keys/actions.ts';

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
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  // Once it stands there, the key comes back to it.
  useAction('filter', () => {
    if (!input.current?.closest('[data-panel]')?.contains(document.activeElement)) return false;
    input.current.focus();
    input.current.select();
    return true;
  });
  return (
    <div className="flex items-center gap-2 border-b border-line px-3 py-1">
      <span className="mono text-accent" aria-hidden="true">
        /
      </span>
      <input
        ref={input}
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
