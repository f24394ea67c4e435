/** A list with what is open of it at its side; Enter goes over, Esc comes back. The list is never covered. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useAction } from '../../app/keys/actions.ts';
import { go, usePlace } from '../frame/route.ts';
import { focusFirst } from './focus.ts';

export interface InHand {
  /** What is open at the side, by the address; `new` for a form of one that is not there yet. */
  readonly open: string | null;
  /** The row in hand: what was opened last, until the arrows go on. */
  readonly selected: string | null;
  /** What stands at the side: what is open, else the row in hand once the arrows rest on it. */
  readonly beside: string | null;
  readonly select: (id: string) => void;
  /** Opens the row, or goes over to it where it is open. */
  readonly enter: (id: string) => void;
}

/** How long a row is in hand before it is looked into: arrows held down ask the center nothing on their way. ms */
const REST_MS = 150;

/** The row in hand and the one that is open are two things: the arrows look on while something is open. */
export function useInHand(section: string): InHand {
  const { open } = usePlace();
  const [at, setAt] = useState({ open, selected: open, rested: open });
  if (at.open !== open) {
    const selected = open === null || open === 'new' ? at.selected : open;
    setAt({ open, selected, rested: selected });
  }
  useEffect(() => {
    if (at.rested === at.selected) return;
    const timer = setTimeout(() => setAt((before) => ({ ...before, rested: before.selected })), REST_MS);
    return () => clearTimeout(timer);
  }, [at]);
  return {
    open,
    selected: at.selected,
    beside: open ?? at.rested,
    select: (selected) => setAt({ open, selected, rested: at.rested ?? selected }),
    enter: (id) => {
      if (id === open) focusFirst(document.querySelector('.list-detail-side'));
      else go(section, id);
    },
  };
}

export function ListDetail({
  list,
  detail,
  open,
  onLeave,
}: {
  readonly list: ReactNode;
  readonly detail: ReactNode;
  /** Changes when something else is open; the focus goes to it. Null while nothing is. */
  readonly open: string | null;
  readonly onLeave: () => void;
}): ReactNode {
  const side = useRef<HTMLDivElement>(null);
  const main = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open !== null) focusFirst(side.current);
  }, [open]);
  useAction('back', () => {
    if (open === null) return false;
    onLeave();
    focusFirst(main.current);
    return true;
  });
  return (
    <div className={`list-detail${open === null ? ' list-alone' : ''}`}>
      <div ref={main} className="list-detail-main">
        {list}
      </div>
      <div ref={side} className="list-detail-side">
        {detail}
      </div>
    </div>
  );
}
