import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import './command-line.css';
import { LONGEST_LINE } from '#domain/cad/command/verbs.ts';
import { lookFor } from '../../features/found/found.ts';
import { KeyOf } from '../../ui/key.tsx';
import { now } from '../clock/clock.ts';
import { useDrafts, useMe, useStation } from '../connection/use-station.ts';
import { isTyping, perform, useAction } from '../keys/actions.ts';
import { dock } from '../layout/dock-api.ts';
import { selection, useSelection } from '../selection.ts';
import { play } from '../sounds/player.ts';
import { typesElsewhere } from '../working-in.ts';
import { useReturn } from './come-from.ts';
import { ask, echo, type Question, questionNow, questionOf, questionSeen, useEcho, warningOf } from './echo.ts';
import { useForeseen } from './foreseen.ts';
import { readHistory, recalled } from './history.ts';
import { LastCommand } from './last-command.tsx';
import { provideLine } from './line.ts';
import { lineDraft, useHistory, useLineKept } from './line-kept.ts';
import { QuestionSaid, Says } from './says.tsx';
import { useExplained } from './use-explained.ts';

/** What a line means where it names nothing: the unit of the units panel, the incident of any other. */
function selectedInHand(): string | null {
  const { incident, unit } = selection();
  return dock.current() === 'units' ? (unit ?? incident) : incident;
}

/** The footer: the command line, what it will do, and what was last done. `panel`: of a window of its own, else null. */
export function CommandLine({ panel }: { readonly panel: string | null }): ReactNode {
  const id = useId();
  const station = useStation();
  const drafts = useDrafts();
  const me = useMe()?.user ?? '';
  const { question } = useEcho();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const { history, add } = useHistory(station);
  /** As it stood when the arrows began to go through it: what another window adds meanwhile moves no line. */
  const recalling = useRef(history);
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
    const stored = drafts[lineDraft(panel)];
    if (restored.current || stored === undefined) return;
    restored.current = true;
    const { text: kept } = readHistory(stored);
    if (!begun.current) setText((now) => now || kept);
  }, [drafts, panel]);
  useLineKept(station, panel, text);

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
        dropQuestion();
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
  // Asked once: whoever goes elsewhere with it standing there, to a call that rings, is left where they type.
  // The lock takes it with it: what stands in the line asks again, and nobody confirms what they do not see.
  useEffect(() => () => ask(null), []);
  const answering = useRef<Question['confirm'] | null>(null);
  useEffect(() => {
    const at = document.activeElement;
    if (question === null) answering.current = null;
    else if (at === input.current) answering.current = question.confirm;
    else if (answering.current !== question.confirm && !(question.late && isTyping(at))) {
      answering.current = question.confirm;
      leaveFrom();
      input.current?.focus();
      questionSeen();
    }
  });
  /** What was asked is not answered by the Enter of another line. */
  const dropQuestion = (): void => {
    if (questionNow()) ask(null);
  };

  /** The next key begins the answer: after a space at the end, before the word that it is missing at, or over the unclear one. */
  const answerNext = (): void => {
    const { answer } = explained;
    const at = input.current;
    if (!answer || !at || at.value !== text) return;
    const atEnd = answer.from === text.length && !/\s$/.test(text);
    if (atEnd) putText(`${text} `, text.length + 1, text.length + 1);
    else if (answer.from === answer.to && answer.from < text.length)
      putText(`${text.slice(0, answer.from)} ${text.slice(answer.from)}`, answer.from, answer.from);
    else at.setSelectionRange(answer.from, answer.to);
  };

  const run = (line: string, confirm: boolean): void => {
    setRunning(true);
    begun.current = true;
    const mine = ++turn.current;
    entered.current = line;
    // Whoever went elsewhere meanwhile, or began the next line, stays there.
    const leave = (): void => {
      if (turn.current === mine && document.activeElement === input.current) goBack();
    };
    station
      .call('command.run', { line, selected: selectedInHand(), ...(confirm ? { confirm: true } : {}) })
      .then((answer) => {
        if (answer.ok) {
          echo(true, answer.value.said, now(), warningOf(answer.value.warned));
          play('done');
          add(line);
          setPlace(null);
          setText((typed) => (typed.trim() === line ? '' : typed));
          const { find } = answer.value;
          if (find === undefined) leave();
          else
            lookFor(station, me, find).then(
              () => {
                dock.open('found');
                if (!dock.isOpen('found')) leave();
              },
              () => undefined,
            );
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
    dropQuestion();
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
        dropQuestion();
        if (place === null) {
          typedBefore.current = text;
          recalling.current = history;
        }
        const found = recalled(recalling.current, place, event.key === 'ArrowUp' ? -1 : 1);
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
          <Says id={`${id}-says`} blank={text === ''} explained={explained} caution={caution} />
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
              dropQuestion();
            }}
            onFocus={() => lookAgain((times) => times + 1)}
            onKeyDown={onKeyDown}
          />
        </div>
      </div>
      <QuestionSaid question={question} />
      <div className="footer-right">
        <LastCommand />
        <span className="footer-hint">
          <KeyOf action="command" /> command line from anywhere
        </span>
      </div>
    </footer>
  );
}
