/** Under a field: what somebody else saved there while one typed. Both stand until one is chosen. */
import type { ReactNode } from 'react';

export function Meanwhile<N extends string>({
  over,
  name,
  label,
  theirs,
}: {
  /** As useTypedOver gives it. */
  readonly over: {
    readonly followed: readonly N[];
    readonly against: readonly N[];
    readonly choose: (name: N, which: 'mine' | 'theirs') => void;
  };
  /** The field, and what it is called. */
  readonly name: N;
  readonly label: string;
  readonly theirs: ReactNode;
}): ReactNode {
  const against = over.against.includes(name);
  if (!against && !over.followed.includes(name)) return null;
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
              onClick={() => over.choose(name, 'mine')}
            >
              Keep mine
            </button>
            <button
              type="button"
              className="choice"
              aria-label={`Take theirs: ${label}`}
              onClick={() => over.choose(name, 'theirs')}
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
