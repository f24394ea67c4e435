/** What a window may not do. Everything is refused that is not named here (docs/electron-security.md). */
import { type App, app, type Session, session, type WebContents } from 'electron';
import { isConsole, mayLoad, maySave } from './address.ts';

/** Opens a window for an address of the console that a window asked for (a panel torn off). */
export type OpenConsole = (address: string) => void;

/** Before any window exists: every page of the application, whoever makes it, is under these. */
export function guardContents(open: OpenConsole, on: App = app): void {
  on.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isConsole(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => {
      if (!mayLoad(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      // The window that is opened is one of ours, made with our settings, never the page's.
      if (isConsole(url)) setImmediate(open, url);
      return { action: 'deny' };
    });
  });
}

/** No permission is ever granted: the console needs none, and dispatch hardware is the station's. Only a report is saved. */
export function guardSession(on: Session = session.defaultSession): void {
  on.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  on.setPermissionCheckHandler(() => false);
  on.setDevicePermissionHandler(() => false);
  on.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  on.setUSBProtectedClassesHandler(({ protectedClasses }) => protectedClasses);
  on.on('will-download', (event, item) => {
    if (!maySave(item.getURL(), item.getMimeType())) event.preventDefault();
  });
  on.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !mayLoad(url) && !url.startsWith('devtools:') }));
}

/** Whether a message comes from the page itself of a window of the console, and not from a frame inside it. */
export function isOurs(event: {
  readonly sender: WebContents;
  readonly senderFrame: Electron.WebFrameMain | null;
}): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && isConsole(frame.url);
}
