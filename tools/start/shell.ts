import { SHELL_MAIN } from '../build/shell.ts';

/** What Electron's binary is given to run this application; the station's flags follow. */
export function electronArguments(): readonly string[] {
  // Electron does not run as root inside Chromium's sandbox.
  return [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), SHELL_MAIN];
}
