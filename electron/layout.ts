/** Where the windows of this workstation stand, by monitor. Pure; windows.ts moves them and keeps the file. */

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Monitor {
  readonly id: number;
  readonly workArea: Bounds;
}

/** One window as it was left. `hash` is the fragment that says which panels it shows (the station keeps the layouts). */
export interface SavedWindow {
  readonly monitor: number;
  readonly bounds: Bounds;
  readonly maximized: boolean;
  readonly fullScreen: boolean;
  readonly hash: string;
}

const SMALLEST = { width: 800, height: 500 };
const MOST_WINDOWS = 16;

function isBounds(value: unknown): value is Bounds {
  const bounds = value as Bounds | null;
  return (
    typeof bounds === 'object' &&
    bounds !== null &&
    [bounds.x, bounds.y, bounds.width, bounds.height].every((n) => Number.isSafeInteger(n))
  );
}

/** Reads what was saved, leaving out whatever is not a window. Never throws: a spoilt file costs positions, no shift. */
export function readWindows(text: string): readonly SavedWindow[] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(rows)) return [];
  return rows.slice(0, MOST_WINDOWS).flatMap((row: Partial<SavedWindow> | null) =>
    row && Number.isFinite(row.monitor) && isBounds(row.bounds)
      ? [
          {
            monitor: row.monitor as number,
            bounds: row.bounds,
            maximized: row.maximized === true,
            fullScreen: row.fullScreen === true,
            hash: typeof row.hash === 'string' && /^#[\w=&.%-]{0,200}$/.test(row.hash) ? row.hash : '',
          },
        ]
      : [],
  );
}

/** Moves and shrinks a window so that it lies wholly on the monitor. */
export function within({ bounds }: { readonly bounds: Bounds }, { workArea }: Monitor): Bounds {
  const width = Math.min(Math.max(bounds.width, SMALLEST.width), workArea.width);
  const height = Math.min(Math.max(bounds.height, SMALLEST.height), workArea.height);
  const clamp = (at: number, from: number, room: number): number => Math.min(Math.max(at, from), from + room);
  return {
    width,
    height,
    x: clamp(bounds.x, workArea.x, workArea.width - width),
    y: clamp(bounds.y, workArea.y, workArea.height - height),
  };
}

/** The panel that a window of this fragment has to itself, or null where it shows the board. */
function panelOf(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('panel');
}

/**
 * Which window shows what a fragment names: a panel that was torn off, or the board, which is one wherever it stands. Its
 * place among `open`, or -1 where none does.
 */
export function windowShowing(hash: string, open: readonly string[]): number {
  return open.findIndex((other) => panelOf(other) === panelOf(hash));
}

/**
 * Which windows to open, and where: those that were saved on monitors that are there. Windows of a monitor that is gone wait
 * in the file for its return. One shows the board always, and where none is left that does, as at a first start, it fills the
 * first monitor: a panel that was torn off is no console.
 */
export function windowsToOpen(saved: readonly SavedWindow[], monitors: readonly Monitor[]): readonly SavedWindow[] {
  const here = saved.flatMap((window) => {
    const monitor = monitors.find(({ id }) => id === window.monitor);
    return monitor ? [{ ...window, bounds: within(window, monitor) }] : [];
  });
  const [first] = monitors;
  if (!first || here.some(({ hash }) => panelOf(hash) === null)) return here;
  return [{ monitor: first.id, bounds: first.workArea, maximized: true, fullScreen: false, hash: '' }, ...here];
}

/** What to save: the open windows, and the saved ones whose monitor is not there. */
export function windowsToSave(
  open: readonly SavedWindow[],
  saved: readonly SavedWindow[],
  monitors: readonly Monitor[],
): readonly SavedWindow[] {
  const away = saved.filter((window) => !monitors.some(({ id }) => id === window.monitor));
  return [...open, ...away].slice(0, MOST_WINDOWS);
}

/** The monitor for one more window: the first that has none, or else the first. */
export function emptyMonitor(open: readonly SavedWindow[], monitors: readonly Monitor[]): Monitor | undefined {
  return monitors.find(({ id }) => !open.some((window) => window.monitor === id)) ?? monitors[0];
}
