import { type ReactNode, useEffect, useRef, useState } from 'react';

/** Something shown this once, to be read out or copied. It has the focus, and so is in sight, as soon as there is a new one. */
export function Secret({
  label,
  value,
  link,
  children,
}: {
  readonly label: string;
  readonly value: string;
  /** The same as an address to open. */
  readonly link?: string;
  readonly children?: ReactNode;
}): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value is another one to be seen
  useEffect(() => box.current?.focus(), [value]);
  return (
    <div ref={box} tabIndex={-1} className="strip strip-accent" role="status" aria-label={label}>
      <p className="secret">{value}</p>
      {link ? (
        <p className="secret-link">
          <span className="mono">{link}</span> <Copy text={link} what="link" />
        </p>
      ) : (
        <p>
          <Copy text={value} what={label.toLowerCase()} />
        </p>
      )}
      {children}
    </div>
  );
}

function Copy({ text, what }: { readonly text: string; readonly what: string }): ReactNode {
  const [said, setSaid] = useState(`Copy the ${what}`);
  return (
    <button
      type="button"
      className="choice"
      onClick={() => {
        // A page without https has no clipboard; the text above can be selected.
        const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
        copied.then(
          () => setSaid('Copied'),
          () => setSaid('Not possible here; select it above'),
        );
      }}
    >
      {said}
    </button>
  );
}
