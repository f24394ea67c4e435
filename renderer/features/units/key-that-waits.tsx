import type { ReactNode } from 'react';
import { Cap } from '../../ui/key.tsx';
import type { Waiting } from './callsign-typed.ts';

/** Units that a letter which waits may lead to: so many are named. */
const MOST_LEADS = 3;

/** Where the list is worked: what a letter does that begins a callsign and is a key of the board as well. */
export function KeyThatWaits({ waiting }: { readonly waiting: Waiting | null }): ReactNode {
  return (
    <p
      role="status"
      aria-label="A key that waits"
      className={waiting ? 'border-t border-line bg-raised px-3 py-2' : 'sr-only-text'}
    >
      {waiting ? (
        <>
          <b className="mono">{waiting.typed}</b> … {waiting.leads.slice(0, MOST_LEADS).join(', ')}
          {waiting.leads.length > MOST_LEADS ? ' …' : ''} · <Cap>Enter</Cap> {waiting.action.title}
        </>
      ) : null}
    </p>
  );
}
