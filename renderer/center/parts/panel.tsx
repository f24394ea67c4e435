import type { ReactNode } from 'react';

/** A framed part of a screen with its head: what it is, how many, and the keys that work in it. */
export function Panel({
  title,
  count,
  hint,
  children,
  className = '',
}: {
  readonly title: string;
  /** How many; with a `+` where there are more. */
  readonly count?: number | string | undefined;
  readonly hint?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode {
  return (
    <section className={`panel ${className}`} aria-label={title} data-pane="">
      <header className="panel-head">
        <h2>{title}</h2>
        {count === undefined ? null : <span className="panel-count">{count}</span>}
        <span className="panel-hint">{hint}</span>
      </header>
      <div className="panel-body">{children}</div>
    </section>
  );
}

/** Words for a place that has nothing to show. */
export function Nothing({ children }: { readonly children: ReactNode }): ReactNode {
  return <p className="nothing">{children}</p>;
}
