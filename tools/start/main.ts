/** `npm start`: the console, and the center beside it for a demo. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ENDS } from '../../domain/kernel/command-line.ts';
import { ENROL_VARIABLE } from '../../server-bridge/flags.ts';
import { CannotBuild } from '../build/renderer.ts';
import { givenTo } from '../command-line.ts';
import { EndedEarly } from './child.ts';
import { COMMAND_LINE, type StartFlags, withCodes } from './flags.ts';
import { centerFolder, FolderUnusable, hearingStart, markAsHearing, takeFolder } from './folder.ts';
import { createHouse } from './house.ts';
import { PortUnfree } from './ports.ts';
import { quitPostmaster } from './postmaster.ts';
import { createProgress } from './progress.ts';
import { CannotStart, runStart } from './run.ts';
import { chooseWindow, thisMachine } from './window.ts';

const write = (text: string): void => void process.stdout.write(text);

/** Two signals this close are one. ms */
const SAME_MS = 700;

/** The sentence for the person at the terminal where the way out is theirs, or null where it is a fault of ours. */
function sentenceOf(error: unknown): string | null {
  if ([CannotStart, CannotBuild, PortUnfree, FolderUnusable].some((known) => error instanceof known))
    return (error as Error).message;
  return error instanceof EndedEarly && error.said !== '' && !/could not start/.test(error.said) ? error.message : null;
}

/** Windows has no such signal: there a second start is told that the folder is in use. */
const ANOTHER = 'SIGUSR2';
const CAN_ASK = process.platform !== 'win32';

/** Opens a window for each second start on the folder, one after the other. */
function hearSecondStarts(data: string, openAnother: () => Promise<void>): void {
  if (!CAN_ASK) return;
  let isOpening = false;
  process.on(ANOTHER, () => {
    if (isOpening) return;
    isOpening = true;
    void openAnother().finally(() => {
      isOpening = false;
    });
  });
  markAsHearing(data);
}

/** Has what runs on the folder open another window; false where nothing does, or it is not this that is wanted. */
function askedForWindow({ data, open, consoles }: StartFlags): boolean {
  const running = CAN_ASK && open && consoles ? hearingStart(data) : null;
  if (running === null) return false;
  process.kill(running, ANOTHER);
  write(
    `This runs already (process ${running}): it opens another window, or says its address where it runs. To start it otherwise, stop it first.\n`,
  );
  return true;
}

async function start(flags: StartFlags): Promise<number> {
  if (askedForWindow(flags)) return ENDS.done;
  const leave = takeFolder(flags.data);
  const progress = createProgress(write, Date.now);
  const house = createHouse(progress.say);
  const stopped = new Promise<number>((resolve) => {
    let asked: number | null = null;
    const stop = (): void => {
      if (asked !== null) {
        // A terminal and whoever started us may both pass one Ctrl-C on.
        if (Date.now() - asked < SAME_MS) return;
        house.kill();
        quitPostmaster(centerFolder(flags.data));
        leave();
        process.exit(130);
      }
      asked = Date.now();
      progress.say('Stopping (again to stop at once) …');
      void house.stop().then(() => {
        progress.say('Stopped.');
        resolve(ENDS.done);
      });
    };
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  });
  try {
    const running = runStart({ flags, shown: chooseWindow(flags.open, thisMachine()), progress, house });
    const begun = await Promise.race([running, stopped]);
    if (typeof begun === 'number') {
      // What was still being started ends with what it stood on.
      await Promise.race([running.catch(() => {}), sleep(1_000)]);
      return begun;
    }
    if (begun.openAnother !== null) hearSecondStarts(flags.data, begun.openAnother);
    write(`ready ${JSON.stringify(begun.line)}\n`);
    return await stopped;
  } catch (error) {
    if (house.stopping()) return await stopped;
    await house.stop();
    const sentence = sentenceOf(error);
    if (sentence === null) throw error;
    process.stderr.write(`${sentence}\n`);
    return ENDS.refused;
  } finally {
    leave();
  }
}

async function main(): Promise<number> {
  const given = withCodes(givenTo(COMMAND_LINE), process.env[ENROL_VARIABLE]);
  if (!given.ok) {
    process.stderr.write(`${given.refusal.message}\n`);
    return ENDS.refused;
  }
  // A process that is started again has no use for a code that was used.
  delete process.env[ENROL_VARIABLE];
  const flags = given.value;
  try {
    return await start(flags);
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence !== null) {
      process.stderr.write(`${sentence}\n`);
      return ENDS.refused;
    }
    const said = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${said}\nMore is in ${flags.data}/log.\n`);
    return ENDS.no;
  }
}

process.exit(await main());
