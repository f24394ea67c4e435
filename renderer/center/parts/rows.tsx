import type { ReactNode } from 'react';

/** What is known about one thing: names and values in two columns. */
export function Known({ rows }: { readonly rows: readonly (readonly [string, ReactNode] | null)[] }): ReactNode {
  return (
    <dl className="known">
      {rows.map((row) =>
        row === null ? null : (
          <div key={row[0]}>
            <dt>{row[0]}</dt>
            <dd>{row[1]}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

export type Tone = 'good' | 'amber' | 'bad' | 'muted';

/** A state in a word; the mark and the word say it, the colour repeats it. */
export function State({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }): ReactNode {
  const marks: { readonly [T in Tone]: string } = { good: '✓', amber: '!', bad: '✕', muted: '–' };
  return (
    <span className={`state state-${tone}`}>
      <span aria-hidden="true">{marks[tone]}</span> {children}
    </span>
  );
}
