/** The desktop shell: windows on monitors, a menu, one instance, the station's process. It knows no rule of dispatch. */
import { join } from 'node:path';
import { app, dialog, ipcMain } from 'electron';
import { ENDS } from '../domain/kernel/command-line.ts';
import { CONSOLE } from './address.ts';
import { nameScheme, serveConsole } from './console-files.ts';
import { environmentOfStation } from './environment.ts';
import { ignoredAtSecondStart, readProfile, readStarted, unsafeSwitches } from './flags.ts';
import { guardContents, guardSession, isOurs } from './guards.ts';
import { setMenu } from './menu.ts';
import { makeOwnFolder } from './own-folder.ts';
import { type Station, startStation } from './station.ts';
import { startUpdates } from './updates.ts';
import { createWindows } from './windows.ts';

const here = import.meta.dirname;
const profile = readProfile(join(app.isPackaged ? process.resourcesPath : here, 'profile.json'));
const started = readStarted(process.argv.slice(app.isPackaged ? 1 : 2), profile, process.env);
const env = environmentOfStation(process.env);

app.enableSandbox();
app.setName(profile.name);
// The lock on one instance is by this folder, so each station of a machine, and each center's console, has a shell of its own.
const own = started.data === null ? join(app.getPath('appData'), profile.name) : join(started.data, 'shell');
const screens = join(here, '..', '..', 'renderer');
const data = started.data ?? join(own, 'station');

const unwritable = makeOwnFolder(own);
const unsafe = app.isPackaged ? unsafeSwitches((name) => app.commandLine.hasSwitch(name)) : [];
if (unsafe.length > 0) refuse(`${profile.name} does not start with --${unsafe.join(', --')}: leave that out.`);
else if (unwritable !== null) refuse(unwritable);
else {
  app.setPath('userData', own);
  if (app.requestSingleInstanceLock({ given: started.given })) run();
  else app.quit();
}

/** Says why it does not run, and ends. Whoever started it by a program reads the error output and the code; nobody else does. */
function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  if (process.send === undefined) dialog.showErrorBox(profile.name, sentence);
  app.exit(ENDS.refused);
}

function run(): void {
  nameScheme();
  let station: Station | null = null;
  const windows = createWindows(
    join(app.getPath('userData'), 'windows.json'),
    profile.name,
    join(here, '..', 'preload', 'index.cjs'),
  );
  guardContents((address) => windows.show(address));
  app.on('second-instance', (_event, _arguments, _folder, said) => {
    windows.show(CONSOLE);
    const ignored = ignoredAtSecondStart(profile.name, (said as { given?: unknown } | null)?.given);
    if (ignored !== null) void dialog.showMessageBox({ type: 'info', title: profile.name, message: ignored });
  });
  app.on('before-quit', () => windows.leave());
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
      env,
      print: (text, to) => void (to === 'err' ? process.stderr : process.stdout).write(text),
      says: (sentence) => void dialog.showMessageBox({ type: 'info', title: profile.name, message: sentence }),
      refused: (sentence) => {
        station = null;
        windows.leave();
        refuse(sentence);
      },
    });
    windows.restore();
    startUpdates(profile.updates, app.isPackaged);
  });
}
