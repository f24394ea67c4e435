/** The command line as the station keeps it for a position: what is typed in each window, and what was entered in any. */
import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from 'react';
import type { Station } from '../connection/station.ts';
import { useDrafts } from '../connection/use-station.ts';
import { keepDraft } from '../drafts.ts';
import { echoes } from '../theme/echoes.ts';
import { readHistory, remembered } from './history.ts';

const SAVE_AFTER_MS = 300;
/** The name under which the line of the window of the board stands among the drafts of the position. */
const OF_BOARD = 'command';
const HISTORY = 'command-history';

/** That of a window: of a panel in a window of its own, or of the board (null). */
const lineDraft = (panel: string | null): string => (panel === null ? OF_BOARD : `${OF_BOARD}:${panel}`);

/**
 * What stands in the line of a window: as it is kept, until something is begun there. What was typed just before the lock or the
 * page's end may be kept only after the line was shown again, with less in it.
 */
export function useLineText(
  station: Station,
  panel: string | null,
): {
  readonly text: string;
  readonly setText: Dispatch<SetStateAction<string>>;
  /** Something was entered here: what is kept is of this line itself, and may come back later than it was cleared. */
  readonly begun: () => void;
} {
  const stored = useDrafts()[lineDraft(panel)];
  const [text, setText] = useState('');
  const hasBegun = useRef(false);
  const begun = (): void => {
    hasBegun.current = true;
  };
  useEffect(() => {
    if (stored !== undefined && !hasBegun.current) setText(readHistory(stored).text);
  }, [stored]);
  useLineKept(station, panel, text);
  return {
    text,
    setText: (next) => {
      begun();
      setText(next);
    },
    begun,
  };
}

/** Keeps what is typed, also what was typed just before the lock or the page's end. */
function useLineKept(station: Station, panel: string | null, text: string): void {
  const unsaved = useRef<(() => void) | null>(null);
  const began = useRef(false);
  useEffect(() => {
    // An empty line says something only once there was another.
    began.current ||= text !== '';
    if (!began.current) return;
    const save = (): void => {
      unsaved.current = null;
      keepDraft(station, lineDraft(panel), { text }).catch(() => undefined);
    };
    unsaved.current = save;
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [station, panel, text]);
  useEffect(() => {
    const saveNow = (): void => unsaved.current?.();
    window.addEventListener('pagehide', saveNow);
    return () => {
      window.removeEventListener('pagehide', saveNow);
      saveNow();
    };
  }, []);
}

/** What was entered at this position, in whichever window, newest last; and how another line is added. */
export function useHistory(station: Station): {
  readonly history: readonly string[];
  readonly add: (line: string) => void;
} {
  const drafts = useDrafts();
  // Before windows had lines of their own it was kept with the one that there was.
  const stored = drafts[HISTORY] ?? drafts[OF_BOARD];
  const [history, setHistory] = useState<readonly string[]>([]);
  const own = useRef(echoes());
  const latest = useRef(history);
  latest.current = history;
  useEffect(() => {
    if (stored === undefined) return;
    const heard = readHistory(stored).history;
    if (heard.length > 0 && !own.current.isOutdated(JSON.stringify(heard))) setHistory(heard);
  }, [stored]);
  return {
    history,
    add: (line) => {
      const next = remembered(latest.current, line);
      latest.current = next;
      setHistory(next);
      own.current.sent(JSON.stringify(next));
      keepDraft(station, HISTORY, { history: [...next] }).catch(() => undefined);
    },
  };
}
