/** A list with what is open of it at its side; Enter goes over, Esc comes back. The list is never covered. */
import { type ReactNode, useEffect, useRef } from 'react';
import { useAction } from '../../app/keys/actions.ts';
import { focusFirst } from './focus.ts';

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
