/** Leads through a list that comes page by page, the newest first. */
import type { ReactNode } from 'react';

/** `pages`: where those before this one began. `next`: where the next begins; null on the last. */
export function PageTurner({
  what,
  pages,
  next,
  onTurn,
}: {
  readonly what: string;
  readonly pages: readonly string[];
  readonly next: string | null;
  readonly onTurn: (pages: readonly string[]) => void;
}): ReactNode {
  if (next === null && pages.length === 0) return null;
  return (
    <p className="bar-foot bar-choices">
      {pages.length > 0 ? (
        <button type="button" className="choice" onClick={() => onTurn(pages.slice(0, -1))}>
          Newer {what}
        </button>
      ) : null}
      {next !== null ? (
        <button type="button" className="choice" onClick={() => onTurn([...pages, next])}>
          Older {what}
        </button>
      ) : null}
    </p>
  );
}
