import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import './command-line.css';
import { LONGEST_LINE } from '#domain/cad/command/verbs.ts';
import { lookFor } from '../../features/found/found.ts';
import { KeyOf } from '../../ui/key.tsx';
import { now, useZone } from '../clock/clock.ts';
import { clockTime } from '../clock/format.ts';
import type { Station } from '../connection/station.ts';
import { useDrafts, useMe, useStation } from '../connection/use-station.ts';
import { isTyping, perform, useAction } from '../keys/actions.ts';
import { dock } from '../layout/dock-api.ts';
import { selection, useSelection } from '../selection.ts';
import { play } from '../sounds/player.ts';
import { typesElsewhere } from '../working-in.ts';
import { ask, type Echo, echo, questionNow, questionOf, questionSeen, useEcho, warningOf } from './echo.ts';
import { useForeseen } from './foreseen.ts';
import { readHistory, recalled, remembered } from './history.ts';
import { provideLine } from './line.ts';
import { useExplained } from './use-explained.ts';

const SAVE_AFTER_MS = 300;
const DRAFT = 'command';

const GHOST = { plain: 'command-ghost', asks: 'command-question', wrong: 'command-wrong' } as const;

/** What a line means where it names nothing: the unit of the units panel, the incident of any other. */
function selectedInHand(): string | null {
  const { incident, unit } = selection();
  return dock.current() === 'units' ? (unit ?? incident) : incident;
}

/** Remembers where the focus was, with the caret, so that it can go back there. */
function useReturn(): {
  readonly leaveFrom: () => void;
  readonly goBack: () => void;
  readonly cameFrom: () => HTMLElement | null;
} {
  const from = useRef<{ element: HTMLElement; start: number | null; end: number | null } | null>(null);
  return {
    cameFrom: () => from.current?.element ?? null,
    leaveFrom: () => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return;
      const text = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element : null;
      from.current = { element, start: text?.selectionStart ?? null, end: text?.selectionEnd ?? null };
    },
    goBack: () => {
      const back = from.current;
      if (!back?.element.isConnected) {
        dock.open(dock.current() ?? 'pending');
        return;
      }
      back.element.focus();
      const text = back.element;
      if (back.start !== null && (text instanceof HTMLInputElement || text instanceof HTMLTextAreaElement))
        text.setSelectionRange(back.start, back.end);
    },
  };
}

/** Keeps the line and what was entered before at the station, also what was typed just before the lock or the page's end. */
function useKept(station: Station, text: string, history: readonly string[]): void {
  const unsaved = useRef<(() => void) | null>(null);
  const began = useRef(false);
  useEffect(() => {
    // An empty line says something only once there was another.
    began.current ||= text !== '' || history.length > 0;
    if (!began.current) return;
    const save = (): void => {
      unsaved.current = null;
      station.call('draft.save', { key: DRAFT, value: { text, history: [...history] } }).catch(() => undefined);
    };
    unsaved.current = save;
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [station, text, history]);
  useEffect(() => {
    const saveNow = (): void => unsaved.current?.();
    window.addEventListener('pagehide', saveNow);
    return () => {
      window.removeEventListener('pagehide', saveNow);
      saveNow();
    };
  }, []);
}

function toneOf({ ok, warned }: Echo): string {
  if (!ok) return 'said-refused';
  return warned === '' ? 'said-done' : 'said-warned';
}

/** The footer: the command line, what it will do, and what was last done. */
export function CommandLine(): ReactNode {
  const id = useId();
  const station = useStation();
  const drafts = useDrafts();
  const zone = useZone();
  const me = useMe()?.user ?? '';
  const { last, question } = useEcho();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [history, setHistory] = useState<readonly string[]>([]);
  const [place, setPlace] = useState<number | null>(null);
  const [running, setRunning] = useState(false);
  const restored = useRef(false);
  /** Something was typed or entered here: what is kept is of this line itself, and may come back later than it was cleared. */
  const begun = useRef(false);
  const typedBefore = useRef('');
  /** What was entered and still stands in the line: on its way, refused, or not confirmed. */
  const entered = useRef<string | null>(null);
  /** Counts what was begun in the line since: an answer that comes later takes nobody out of it. */
  const turn = useRef(0);
  const { leaveFrom, goBack, cameFrom } = useReturn();
  // What is selected may be another by the time that the line is come back to.
  useSelection((at) => at);
  const [, lookAgain] = useState(0);
  const selected = selectedInHand();
  const explained = useExplained(text, selected);
  const caution = useForeseen(explained.whole ? text : null, selected);
  const cycle = useRef<{ readonly lines: readonly string[]; readonly at: number; readonly shown: string } | null>(null);

  useEffect(() => {
    const stored = drafts[DRAFT];
    if (restored.current || stored === undefined) return;
    restored.current = true;
    const read = readHistory(stored);
    if (!begun.current) setText((now) => now || read.text);
    setHistory((now) => (now.length > 0 ? now : read.history));
  }, [drafts]);
  useKept(station, text, history);

  useAction('command', () => {
    turn.current++;
    questionSeen();
    const within = document.activeElement === input.current;
    if (!within) {
      leaveFrom();
      input.current?.focus();
    }
    // The next line is typed over what is of no more use: never after it, and never into the board behind.
    if (within || text.trim() === entered.current) input.current?.select();
    return true;
  });
  /** Both at once: a key pressed between the text and its caret would land in the wrong place of it. */
  const putText = (line: string, from: number, to: number): void => {
    flushSync(() => setText(line));
    input.current?.setSelectionRange(from, to);
  };
  useEffect(() => {
    provideLine({
      fill: (line, caret) => {
        if (document.activeElement !== input.current) leaveFrom();
        putText(line, caret, caret);
        input.current?.focus();
      },
      focus: () => {
        if (document.activeElement === input.current) return;
        leaveFrom();
        input.current?.focus();
      },
      from: cameFrom,
    });
    return () => provideLine(null);
  });
  // A question is answered here, whoever's action put it; one that came late waits until nobody types elsewhere.
  useEffect(() => {
    const at = document.activeElement;
    if (!question || at === input.current || (question.late && isTyping(at))) return;
    leaveFrom();
    input.current?.focus();
    questionSeen();
  });

  /** The next key begins the answer: after a space at the end, or over the word that was unclear. */
  const answerNext = (): void => {
    const { answer } = explained;
    const at = input.current;
    if (!answer || !at || at.value !== text) return;
    const atEnd = answer.from === text.length && !/\s$/.test(text);
    if (atEnd) putText(`${text} `, text.length + 1, text.length + 1);
    else at.setSelectionRange(answer.from, answer.to);
  };

  const run = (line: string, confirm: boolean): void => {
    setRunning(true);
    begun.current = true;
    const mine = ++turn.current;
    entered.current = line;
    station
      .call('command.run', { line, selected: selectedInHand(), ...(confirm ? { confirm: true } : {}) })
      .then((answer) => {
        if (answer.ok) {
          echo(true, answer.value.said, now(), warningOf(answer.value.warned));
          play('done');
          setHistory((before) => remembered(before, line));
          setPlace(null);
          setText((typed) => (typed.trim() === line ? '' : typed));
          if (answer.value.find !== undefined) {
            lookFor(me, answer.value.find);
            dock.open('found');
          }
          // Whoever went elsewhere meanwhile, or began the next line, stays there.
          else if (turn.current === mine && document.activeElement === input.current) goBack();
        } else if (answer.refusal.code === 'confirm.needed') {
          ask({
            ...questionOf(answer.refusal.message, answer.decision),
            confirm: () => run(line, true),
            late: typesElsewhere(input.current) || input.current?.value.trim() !== line,
          });
          play('refused');
        } else {
          if (answer.refusal.code.startsWith('needs.')) answerNext();
          echo(false, answer.refusal.message, now());
          play('refused');
        }
      })
      .catch((failure: unknown) => echo(false, String(failure), now()))
      .finally(() => setRunning(false));
  };

  /** Tab goes through what the word can become, Shift-Tab back; with nothing to complete it moves on as everywhere. */
  const complete = (event: KeyboardEvent<HTMLInputElement>): void => {
    const going = cycle.current?.shown === text ? cycle.current : null;
    const lines = going?.lines ?? explained.completions;
    if (lines.length === 0 || (event.shiftKey && !going)) return;
    event.preventDefault();
    const at = going ? (going.at + (event.shiftKey ? -1 : 1) + lines.length) % lines.length : 0;
    const shown = lines[at] ?? text;
    cycle.current = { lines, at, shown };
    setText(shown);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const asked = questionNow();
    switch (event.key) {
      case 'Enter':
        event.preventDefault();
        // The key that was held when the question came is no answer to it.
        if (asked && event.repeat) return;
        if (asked && !(asked.late && text.trim() !== '')) {
          ask(null);
          asked.confirm();
          if (text.trim() === '') goBack();
        } else if (explained.help) {
          setText('');
          perform('help');
        } else if (text.trim() !== '' && !running) {
          questionSeen();
          run(text.trim(), false);
        }
        return;
      case 'Escape':
        event.preventDefault();
        event.stopPropagation();
        if (asked) {
          ask(null);
          entered.current = text.trim();
          if (text.trim() === '') goBack();
        } else goBack();
        return;
      case 'ArrowUp':
      case 'ArrowDown': {
        event.preventDefault();
        if (place === null) typedBefore.current = text;
        const found = recalled(history, place, event.key === 'ArrowUp' ? -1 : 1);
        setPlace(found.place);
        setText(found.line ?? (found.place === null ? typedBefore.current : text));
        return;
      }
      case 'Tab':
        complete(event);
    }
  };

  return (
    <footer className="footer" data-command-line="">
      <div className="command">
        <span className="prompt" aria-hidden="true">
          ›
        </span>
        <div className="command-text">
          <span className="command-mirror" aria-hidden="true">
            {text}
          </span>
          <span
            id={`${id}-says`}
            className={question ? 'command-question' : caution ? 'command-caution' : GHOST[explained.tone]}
          >
            {question ? (
              <>
                {question.asks} {question.reasons.join(' ')} <b>Enter</b> again confirms · <b>Esc</b> leaves it
              </>
            ) : caution ? (
              <>
                {caution.says}
                {caution.stops ? null : <span className="command-goes-on"> · {explained.says}</span>}
              </>
            ) : (
              explained.says || (text === '' ? <Placeholder /> : '')
            )}
          </span>
          <input
            ref={input}
            aria-label="Command line"
            aria-describedby={`${id}-says`}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={LONGEST_LINE}
            value={text}
            onChange={(event) => {
              turn.current++;
              begun.current = true;
              setText(event.target.value);
              setPlace(null);
              if (questionNow()) ask(null);
            }}
            onFocus={() => lookAgain((times) => times + 1)}
            onKeyDown={onKeyDown}
          />
        </div>
      </div>
      <div className="footer-right">
        <span
          role="status"
          aria-label="Last command"
          className={last === null ? 'muted' : toneOf(last)}
          title={last ? [last.said, last.warned].filter(Boolean).join('. ') : undefined}
        >
          {last === null ? 'nothing entered yet' : `${last.ok ? '✓' : '✗'} ${clockTime(last.at, zone)} ${last.said}`}
          {last?.warned ? <b> — {last.warned}</b> : null}
        </span>
        <span className="footer-hint">
          <KeyOf action="command" /> command line from anywhere
        </span>
      </div>
    </footer>
  );
}

function Placeholder(): ReactNode {
  return <>verb or unit first: D M36 10418 · M36 ER · ? lists them</>;
}
