import { type RefObject, useLayoutEffect, useState } from 'react';
import { remPx } from './rem.ts';

/** How wide an element is, in rem, so that what fits in it follows the scale of the screen; `before` until it was seen. */
export function useWidthInRem(of: RefObject<HTMLElement | null>, before: number): number {
  const [width, setWidth] = useState(before);
  useLayoutEffect(() => {
    const element = of.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const size = remPx();
      // Behind another tab it has none, and is as wide as it was when it comes back.
      if (entry && entry.contentRect.width > 0) setWidth(entry.contentRect.width / size);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [of]);
  return width;
}
