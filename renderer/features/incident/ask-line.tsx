import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { select, useSelection } from '../../app/selection.ts';
import { choiceByDigit } from '../../ui/choice-by-digit.ts';
import { Cap } from '../../ui/key.tsx';

export interface AskOption {
  readonly key: string;
  readonly text: string;
  /** What it may be typed as, beside its text. */
  readonly code?: string;
}

/**
 * The line in which something is asked: a title, what is typed, choices, and what was wrong. A choice is made by its digit;
 * where digits are what is asked for (`marked`), by the arrows, and Enter takes the marked one.
 */
export function AskLine({
  title,
  label,
  value,
  onChange,
  onEnter,
  onEscape,
  options = [],
  onOption,
  marked,
  onMark,
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
  /** The choice that Enter takes; -1 for none yet. Given, digits are typed and choose nothing. */
  readonly marked?: number;
  readonly onMark?: (place: number) => void;
  /** What Enter will do, in words. */
  readonly says?: string;
  readonly error: string;
  readonly children?: ReactNode;
}): ReactNode {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const asked = useSelection((at) => at.asked);
  useEffect(() => {
    if (!asked) return;
    input.current?.focus();
    select({ asked: false });
  }, [asked]);
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
      <div className="ask-fields">
        <b className="whitespace-nowrap">{title}</b>
        <input
          ref={input}
          aria-label={label}
          aria-describedby={`${id}-options ${id}-says ${id}-error`}
          aria-invalid={error !== ''}
          className="field"
          value={value}
          placeholder={label}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            const names = options.flatMap(({ text, code }) => [text, code]);
            const option = marked === undefined && value === '' ? choiceByDigit('', event, options, names) : undefined;
            if (option && onOption) {
              event.preventDefault();
              onOption(option);
            } else if (onMark && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
              event.preventDefault();
              const to = (marked ?? -1) + (event.key === 'ArrowDown' ? 1 : -1);
              onMark(Math.max(0, Math.min(options.length - 1, to)));
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
        <div id={`${id}-options`} className="mt-1.5 flex flex-wrap gap-1.5">
          {options.slice(0, 9).map((option, i) => (
            <button
              type="button"
              tabIndex={-1}
              className="choice"
              aria-current={i === marked ? 'true' : undefined}
              key={option.key}
              onClick={() => onOption?.(option)}
            >
              <span className="mono muted">{marked === undefined ? i + 1 : i === marked ? '›' : ' '}</span>{' '}
              {option.text}
            </button>
          ))}
        </div>
      ) : null}
      {says ? (
        <p id={`${id}-says`} className="muted mt-1 text-sm">
          {says}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} role="alert" className="error-line">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
