import { type ReactNode, useEffect, useRef, useState } from 'react';
import { remPx } from './rem.ts';

/** Words that must be read whole: in one line where there is room, else smaller, in two. */
export function Whole({ children }: { readonly children: ReactNode }): ReactNode {
  const at = useRef<HTMLSpanElement>(null);
  /** What one line takes, in rem, where that is more than there is; null while one is enough. */
  const [needs, setNeeds] = useState<number | null>(null);
  useEffect(() => {
    const element = at.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const { scrollWidth, clientWidth } = element;
      const rem = remPx();
      setNeeds((before) => {
        if (before === null) return scrollWidth > clientWidth ? scrollWidth / rem : null;
        return clientWidth / rem >= before ? null : before;
      });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <span ref={at} className={needs === null ? 'gives-way' : 'gives-way two-lines'}>
      {children}
    </span>
  );
}
