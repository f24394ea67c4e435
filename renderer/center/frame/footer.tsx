import type { ReactNode } from 'react';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime } from '../../app/clock/format.ts';
import { Cap } from '../../ui/key.tsx';
import { useSaid } from './said.ts';

/** What was last done, and the keys that work everywhere. */
export function Footer(): ReactNode {
  const said = useSaid();
  const zone = useZone();
  return (
    <footer className="center-footer">
      <output aria-label="Last action" className={said === null ? 'muted' : said.ok ? 'said-done' : 'said-refused'}>
        {said === null ? 'Nothing was changed yet.' : `${said.ok ? '✓' : '✕'} ${clockTime(said.at, zone)} ${said.what}`}
      </output>
      <span className="center-footer-keys muted">
        <span>
          <Cap>G</Cap> then a letter goes to a screen
        </span>
        <span>
          <Cap>/</Cap> filter
        </span>
        <span>
          <Cap>F6</Cap> next pane
        </span>
        <span>
          <Cap>T</Cap> night or day
        </span>
      </span>
    </footer>
  );
}
