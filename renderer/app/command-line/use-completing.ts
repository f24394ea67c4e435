import { useRef } from 'react';

/** Goes through what the line can become, `back` or on; null where there is nothing to complete. */
export function useCompleting(text: string, completions: readonly string[]): (back: boolean) => string | null {
  const cycle = useRef<{ readonly lines: readonly string[]; readonly at: number; readonly shown: string } | null>(null);
  return (back) => {
    const going = cycle.current?.shown === text ? cycle.current : null;
    const lines = going?.lines ?? completions;
    if (lines.length === 0 || (back && !going)) return null;
    const at = going ? (going.at + (back ? -1 : 1) + lines.length) % lines.length : 0;
    const shown = lines[at] ?? text;
    cycle.current = { lines, at, shown };
    return shown;
  };
}
