import { type ReactNode, useEffect, useRef, useState } from 'react';
import { remPx } from './rem.ts';

interface Needs {
  /** What one line takes, in rem, where that is more than there is; null while one is enough. */
  readonly one: number | null;
  /** The width, in rem, in which two were not enough; null while they are. */
  readonly two: number | null;
}
const NONE: Needs = { one: null, two: null };

/** The letters of three lines, in rem (`.three-lines`), and the least that is read at arm's length, in px: a large scale has room. */
const THREE_REM = 0.625;
const READ_PX = 13;
/** So much wider it is worth trying two lines again, in rem. */
const WIDER_REM = 0.1;

/** Words that must be read whole: in one line where there is room, else smaller, in two; where letters are large, in three. */
export function Whole({ children }: { readonly children: ReactNode }): ReactNode {
  const at = useRef<HTMLSpanElement>(null);
  const [needs, setNeeds] = useState(NONE);
  useEffect(() => {
    const element = at.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
      const rem = remPx();
      const width = clientWidth / rem;
      const inTwo = element.classList.contains('two-lines');
      const cut = scrollWidth > clientWidth || scrollHeight > clientHeight + 1;
      setNeeds((before) => {
        if (before.one === null) return scrollWidth > clientWidth ? { one: scrollWidth / rem, two: null } : before;
        if (width >= before.one) return NONE;
        if (before.two !== null) return width > before.two + WIDER_REM ? { ...before, two: null } : before;
        return inTwo && cut && THREE_REM * rem >= READ_PX ? { ...before, two: width } : before;
      });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const lines = needs.one === null ? '' : needs.two === null ? ' two-lines' : ' three-lines';
  return (
    <span ref={at} className={`gives-way${lines}`}>
      {children}
    </span>
  );
}
