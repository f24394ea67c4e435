/** The desktop shell: windows on monitors, a menu, one instance, the station's process. It knows no rule of dispatch. */
import { join } from 'node:path';
import { app, dialog, ipcMain } from 'electron';
import { nameScheme, serveConsole } from './console-files.ts';
import { readProfile, readStarted, unsafeSwitches } from './flags.ts';
import { guardContents, guardSession, isOurs } from './guards.ts';
import { setMenu } from './menu.ts';
import { type Station, startStation } from './station.ts';
import { startUpdates } from './updates.ts';
import { createWindows } from './windows.ts';

const here = import.meta.dirname;
const profile = readProfile(join(app.isPackaged ? process.resourcesPath : here, 'profile.json'));
const started = readStarted(process.argv.slice(app.isPackaged ? 1 : 2), profile);

app.enableSandbox();
app.setName(profile.name);
// The lock on one instance is by this folder, so each station of a machine can have a shell of its own.
if (started.data !== null) app.setPath('userData', join(started.data, 'shell'));
const screens = join(here, '..', '..', 'renderer');
const data = started.data ?? join(app.getPath('userData'), 'station');

const unsafe = app.isPackaged ? unsafeSwitches((name) => app.commandLine.hasSwitch(name)) : [];
if (unsafe.length > 0) {
  process.stderr.write(`${profile.name} does not start with --${unsafe.join(', --')}: leave that out.\n`);
  app.exit(2);
} else if (app.requestSingleInstanceLock()) run();
else app.quit();

function run(): void {
  nameScheme();
  let station: Station | null = null;
  const windows = createWindows(
    join(app.getPath('userData'), 'windows.json'),
    profile.name,
    join(here, '..', 'preload', 'index.cjs'),
  );
  guardContents((address) => windows.add(address));
  app.on('second-instance', () => windows.focus());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    if (!station) return;
    event.preventDefault();
    const closing = station;
    station = null;
    void closing.stop().finally(() => app.quit());
  });
  // Whoever started it is gone.
  process.on('disconnect', () => app.quit());
  process.on('SIGTERM', () => app.quit());
  process.on('SIGINT', () => app.quit());

  // A window asks when its script has loaded, and again after a reload.
  ipcMain.on('station', (event) => {
    if (isOurs(event)) station?.join(event.sender);
  });

  void app.whenReady().then(() => {
    guardSession();
    serveConsole(screens);
    setMenu(profile.name, app.isPackaged, () => windows.add());
    station = startStation({
      module: join(here, 'station.js'),
      // A packed shell needs no loopback console; beside `npm start` a second screen may want one.
      args: ['--data', data, ...started.station, ...(app.isPackaged ? ['--no-host'] : ['--console', screens])],
      print: (text) => void process.stdout.write(text),
      says: (sentence) => void dialog.showMessageBox({ type: 'info', title: profile.name, message: sentence }),
      refused: (sentence) => {
        station = null;
        dialog.showErrorBox(profile.name, sentence);
        app.quit();
      },
    });
    windows.restore();
    startUpdates(profile.updates, app.getVersion(), app.isPackaged);
  });
}
