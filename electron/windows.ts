/** The windows of this workstation: one a monitor or more, where they were left. */
import { BrowserWindow, screen } from 'electron';
import { CONSOLE } from './address.ts';
import { emptyMonitor, type Monitor, type SavedWindow, windowsToOpen, windowsToSave, within } from './layout.ts';
import { readWindowsFile, writeWindowsFile } from './windows-file.ts';

export interface Windows {
  /** Opens those that were open last time. */
  readonly restore: () => void;
  /** One more, on a monitor that has none; `address` of the console says what it shows. */
  readonly add: (address?: string) => void;
  readonly focus: () => void;
}

const SAVE_MS = 500;

function monitors(): readonly Monitor[] {
  const first = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== first.id);
  return [first, ...others].map(({ id, workArea }) => ({ id, workArea }));
}

/** @param file where positions are kept; @param title of every window; @param preload path of the built preload script */
export function createWindows(file: string, title: string, preload: string): Windows {
  const open = new Set<BrowserWindow>();
  let saved = readWindowsFile(file);
  let timer: NodeJS.Timeout | undefined;

  const now = (window: BrowserWindow): SavedWindow => ({
    monitor: screen.getDisplayMatching(window.getBounds()).id,
    bounds: window.getNormalBounds(),
    maximized: window.isMaximized(),
    fullScreen: window.isFullScreen(),
    hash: URL.parse(window.webContents.getURL())?.hash ?? '',
  });
  const save = (): void => {
    // The last window to close leaves the file as it was, or there would be nothing to restore.
    if (open.size === 0) return;
    saved = windowsToSave([...open].map(now), saved, monitors());
    writeWindowsFile(file, saved);
  };
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
    window.on('closed', () => open.delete(window));
    window.on('moved', saveSoon).on('resized', saveSoon).on('maximize', saveSoon).on('unmaximize', saveSoon);
    window.webContents.on('did-navigate-in-page', saveSoon);
    window.loadURL(`${CONSOLE}/index.html${place.hash}`).catch(() => window.show());
  };

  return {
    restore: () => {
      for (const place of windowsToOpen(saved, monitors())) openOne(place);
    },
    add: (address) => {
      const monitor = emptyMonitor([...open].map(now), monitors());
      if (!monitor) return;
      const { x, y } = monitor.workArea;
      const bounds = within({ bounds: { x: x + 40, y: y + 40, width: 1_280, height: 800 } }, monitor);
      const hash = address === undefined ? '' : (URL.parse(address)?.hash ?? '');
      openOne({ monitor: monitor.id, bounds, maximized: false, fullScreen: false, hash });
    },
    focus: () => {
      const [window] = open;
      if (window?.isMinimized()) window.restore();
      window?.focus();
    },
  };
}
