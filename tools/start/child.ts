import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../check/program.ts';

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last thing that it said, where that was a sentence for a person; else empty. */
  readonly said: string;
}

/** A sentence for a person, and not the end of a stack or a line of a log. */
const SENTENCE = /^[A-Z][^{}]*\.$/;

/** A process that was to become ready and ended instead. `said` is its own last sentence, empty where it said none. */
export class EndedEarly extends Error {
  readonly ended: Ended;
  readonly said: string;
  constructor(name: string, ended: Ended) {
    super(
      ended.said || `${name} ended (${ended.signal ?? `code ${ended.code}`}) before it was ready and did not say why.`,
    );
    this.ended = ended;
    this.said = ended.said;
  }
}

/** One process of the product. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** What its `ready {…}` line said; rejects with {@link EndedEarly}. */
  readonly ready: Promise<unknown>;
  readonly ended: Promise<Ended>;
  /** Asks it to stop, and after `graceMs` kills it. Resolves once it is gone. */
  readonly stop: (graceMs?: number) => Promise<Ended>;
  /** Asks it something by its channel, one question at a time. Null where it does not answer. */
  readonly ask: (question: string) => Promise<unknown>;
  /** kill -9. */
  readonly kill: () => void;
}

export interface ChildOptions {
  readonly name: string;
  /** The program: this Node where left out. */
  readonly program?: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Every line it prints besides `ready`. */
  readonly onLine?: (line: string, from: 'out' | 'err') => void;
}

const READY = /^ready (\{.*\})$/;
const GRACE_MS = 15_000;
/** One that is busy starting or closing answers nothing. */
const ANSWER_MS = 5_000;
const LAST_WORDS_MS = 300;
const LAST_WORDS = 8_192;

/**
 * Starts a process in a group of its own, so that Ctrl-C in a terminal reaches us alone and we stop things in order. Its
 * channel to us tells it when we are gone, however we went.
 */
export function startChild({ name, program = process.execPath, args, env, onLine }: ChildOptions): Child {
  const child = spawn(program, args, {
    cwd: root,
    env: env ?? process.env,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
  const lastLine = lastLineOf(child.stderr);
  const read = Promise.all([child.stdout, child.stderr].map((stream) => stream && once(stream, 'close')));
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => {
      resolve({ code: null, signal: null, said: `${name} did not start: ${error.message}.` });
    });
    // Not 'close': that does not come once the channel was closed from here, nor while a process that it left behind
    // holds its output. What it said last is read first.
    child.once('exit', (code, signal) => {
      void Promise.race([read, sleep(LAST_WORDS_MS, undefined, { ref: false })]).then(() =>
        resolve({ code, signal, said: sentenceIn(lastLine()) }),
      );
    });
  });
  const ready = new Promise<unknown>((resolve, reject) => {
    eachLine(child.stdout, (line) => {
      const found = READY.exec(line)?.[1];
      if (found !== undefined) resolve(JSON.parse(found));
      else onLine?.(line, 'out');
    });
    if (onLine) eachLine(child.stderr, (line) => onLine(line, 'err'));
    void ended.then((how) => reject(new EndedEarly(name, how)));
  });
  // Whoever does not ask whether it became ready has no need to hear that it did not.
  ready.catch(() => {});
  return {
    name,
    pid: child.pid ?? 0,
    ready,
    ended,
    stop: (graceMs = GRACE_MS) => stop(child, ended, graceMs),
    ask: (question) => ask(child, question),
    kill: () => void child.kill('SIGKILL'),
  };
}

function sentenceIn(line: string): string {
  return SENTENCE.test(line) && !line.startsWith('Node.js ') ? line : '';
}

function ask(child: ChildProcess, question: string): Promise<unknown> {
  if (!child.connected) return Promise.resolve(null);
  return new Promise((resolve) => {
    const answered = (answer: unknown): void => {
      clearTimeout(timer);
      child.off('message', answered);
      resolve(answer);
    };
    const timer = setTimeout(answered, ANSWER_MS, null);
    child.on('message', answered);
    child.send(question, (error) => {
      if (error) answered(null);
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<Ended>, graceMs: number): Promise<Ended> {
  // A signal ends a process of Windows at once; the closed channel is what lets it tidy up there.
  if (child.connected) child.disconnect();
  if (process.platform !== 'win32') child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  const how = await ended;
  clearTimeout(timer);
  return how;
}

/** The last line with something in it. Looked for when it is asked for: a log of thousands of lines a second is not taken apart. */
function lastLineOf(stream: Readable | null): () => string {
  const decoder = new StringDecoder('utf8');
  let tail = '';
  stream?.on('data', (chunk: Buffer) => {
    tail = (tail + decoder.write(chunk)).slice(-LAST_WORDS);
  });
  return () =>
    tail
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1)
      ?.trim() ?? '';
}

function eachLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', take);
}
