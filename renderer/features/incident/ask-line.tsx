import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { Cap } from '../../ui/key.tsx';

export interface AskOption {
  readonly key: string;
  readonly text: string;
}

/** The line in which something is asked: a title, what is typed, choices by digit, and what was wrong. */
export function AskLine({
  title,
  label,
  value,
  onChange,
  onEnter,
  onEscape,
  options = [],
  onOption,
  says,
  error,
  children,
}: {
  readonly title: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter: () => void;
  readonly onEscape: () => void;
  readonly options?: readonly AskOption[];
  readonly onOption?: (option: AskOption) => void;
  /** What Enter will do, in words. */
  readonly says?: string;
  readonly error: string;
  readonly children?: ReactNode;
}): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onEscape();
    }
  };
  return (
    <fieldset className="ask" onKeyDown={onKeyDown}>
      <legend className="sr-only-text">{title}</legend>
      <div className="flex items-center gap-2">
        <b className="whitespace-nowrap">{title}</b>
        <input
          ref={input}
          aria-label={label}
          aria-invalid={error !== ''}
          className="field"
          value={value}
          placeholder={label}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            const option = /^[1-9]$/.test(event.key) && value === '' ? options[Number(event.key) - 1] : undefined;
            if (option && onOption) {
              event.preventDefault();
              onOption(option);
            } else if (event.key === 'Enter') {
              event.preventDefault();
              onEnter();
            }
          }}
        />
        {children}
        <span className="muted text-sm whitespace-nowrap">
          <Cap>Enter</Cap> <Cap>Esc</Cap>
        </span>
      </div>
      {options.length > 0 ? (
        <div className="mt-1.5 flex flex-wrap gap-1.5">
          {options.slice(0, 9).map((option, i) => (
            <button type="button" tabIndex={-1} className="choice" key={option.key} onClick={() => onOption?.(option)}>
              <span className="mono muted">{i + 1}</span> {option.text}
            </button>
          ))}
        </div>
      ) : null}
      {says ? <p className="muted mt-1 text-sm">{says}</p> : null}
      {error ? (
        <p role="alert" className="error-line">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
