/** The windows of this workstation: one a monitor or more, where they were left. */
import { BrowserWindow, screen } from 'electron';
import { CONSOLE } from './address.ts';
import { afterDeath, NO_DEATHS } from './backoff.ts';
import { emptyMonitor, type Monitor, type SavedWindow, windowShowing, windowsToOpen, within } from './layout.ts';
import { keepWindows } from './windows-file.ts';

export interface Windows {
  /** Opens those that were open last time. */
  readonly restore: () => void;
  /** One more with the board, on a monitor that has none. */
  readonly add: () => void;
  /** Brings the window to the front that shows what an address of the console names, or opens one for it. */
  readonly show: (address: string) => void;
  /** Where they stand is kept as it is now, however they close. */
  readonly leave: () => void;
}

const SAVE_MS = 500;

const hashOf = (address: string): string => URL.parse(address)?.hash ?? '';

function raise(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** A page whose process died is blank for good: it is loaded again, and joins the station as any other. */
function reviveOn(window: BrowserWindow): void {
  let deaths = NO_DEATHS;
  let since = Date.now();
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    const next = afterDeath(deaths, Date.now() - since);
    deaths = next.deaths;
    setTimeout(() => {
      if (window.isDestroyed()) return;
      since = Date.now();
      window.webContents.reload();
    }, next.waitMs);
  });
}

function monitors(): readonly Monitor[] {
  const first = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== first.id);
  return [first, ...others].map(({ id, workArea }) => ({ id, workArea }));
}

/** @param file where positions are kept; @param title of every window; @param preload path of the built preload script */
export function createWindows(file: string, title: string, preload: string): Windows {
  const open = new Set<BrowserWindow>();
  const kept = keepWindows(file);
  let timer: NodeJS.Timeout | undefined;

  const now = (window: BrowserWindow): SavedWindow => ({
    monitor: screen.getDisplayMatching(window.getBounds()).id,
    bounds: window.getNormalBounds(),
    maximized: window.isMaximized(),
    fullScreen: window.isFullScreen(),
    hash: hashOf(window.webContents.getURL()),
  });
  const save = (): void => kept.save([...open].map(now), monitors());
  const saveSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_MS);
  };

  const openOne = (place: SavedWindow): void => {
    const window = new BrowserWindow({
      ...place.bounds,
      title,
      show: false,
      backgroundColor: '#0b0f14',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        webviewTag: false,
        spellcheck: false,
        navigateOnDragDrop: false,
        // An emergency sounds whether or not anyone has clicked in this window yet.
        autoplayPolicy: 'no-user-gesture-required',
        // Clocks and waiting times run on in a window that another one covers.
        backgroundThrottling: false,
      },
    });
    open.add(window);
    window.once('ready-to-show', () => {
      if (place.fullScreen) window.setFullScreen(true);
      else if (place.maximized) window.maximize();
      window.show();
    });
    window.on('page-title-updated', (event) => event.preventDefault());
    window.on('close', () => {
      clearTimeout(timer);
      save();
    });
    window.on('closed', () => {
      open.delete(window);
      saveSoon();
    });
    // 'moved' and 'resized' do not come on Linux.
    window.on('move', saveSoon).on('resize', saveSoon).on('maximize', saveSoon).on('unmaximize', saveSoon);
    window.on('enter-full-screen', saveSoon).on('leave-full-screen', saveSoon);
    reviveOn(window);
    window.webContents.on('did-navigate-in-page', saveSoon);
    window.loadURL(`${CONSOLE}/index.html${place.hash}`).catch(() => window.show());
  };

  const add = (hash: string): void => {
    const monitor = emptyMonitor([...open].map(now), monitors());
    if (!monitor) return;
    const { x, y } = monitor.workArea;
    const bounds = within({ bounds: { x: x + 40, y: y + 40, width: 1_280, height: 800 } }, monitor);
    openOne({ monitor: monitor.id, bounds, maximized: false, fullScreen: false, hash });
  };

  return {
    restore: () => {
      for (const place of windowsToOpen(kept.saved(), monitors())) openOne(place);
    },
    add: () => add(''),
    show: (address) => {
      const there = [...open];
      const shown = there.map((window) => now(window).hash);
      const window = there[windowShowing(hashOf(address), shown)];
      if (window) raise(window);
      else add(hashOf(address));
    },
    leave: () => {
      clearTimeout(timer);
      kept.leave([...open].map(now), monitors());
    },
  };
}
