/** Under a field: what somebody else saved there while one typed. Both stand until one is chosen. */
import type { ReactNode } from 'react';

export function Meanwhile({
  label,
  followed,
  against,
  theirs,
  onChoose,
}: {
  /** Of the field. */
  readonly label: string;
  readonly followed: boolean;
  readonly against: boolean;
  readonly theirs: ReactNode;
  readonly onChoose: (which: 'mine' | 'theirs') => void;
}): ReactNode {
  if (!followed && !against) return null;
  return (
    <div role="status" aria-label={`${label} meanwhile`} className="form-row">
      <span />
      {against ? (
        <div>
          <p className="text-amber">
            Somebody else saved {theirs === '' ? 'nothing here' : <>“{theirs}”</>} meanwhile.
          </p>
          <p className="form-buttons">
            <button
              type="button"
              className="choice"
              aria-label={`Keep mine: ${label}`}
              onClick={() => onChoose('mine')}
            >
              Keep mine
            </button>
            <button
              type="button"
              className="choice"
              aria-label={`Take theirs: ${label}`}
              onClick={() => onChoose('theirs')}
            >
              Take theirs
            </button>
          </p>
        </div>
      ) : (
        <p className="text-accent">Changed meanwhile by somebody else.</p>
      )}
    </div>
  );
}

/** What is said at the first field that still stands against another's: nothing of theirs is overwritten unseen. */
export const CHOOSE_FIRST = 'Somebody else saved something else here meanwhile: keep yours or take theirs.';
