/** What the command line does with what is typed in it, and where the focus is while it does. */
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useStation } from '../connection/use-station.ts';
import { perform, useAction } from '../keys/actions.ts';
import { useSelection } from '../selection.ts';
import { useReturn } from './come-from.ts';
import { ask, dropQuestion, type Question, questionNow, questionSeen, useEcho } from './echo.ts';
import type { Explained } from './explain.ts';
import { type Caution, useForeseen } from './foreseen.ts';
import { provideLine } from './line.ts';
import { useHistory, useLineText } from './line-kept.ts';
import { roomForAnswer } from './room-for-answer.ts';
import { useAskedHere } from './use-asked-here.ts';
import { useCompleting } from './use-completing.ts';
import { selectedInHand, useEntering } from './use-entering.ts';
import { useExplained } from './use-explained.ts';
import { useRecall } from './use-recall.ts';

export interface CommandLineState {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly explained: Explained;
  readonly caution: Caution | null;
  readonly question: Question | null;
  readonly type: (line: string) => void;
  readonly onFocus: () => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
}

/** `panel`: of a window of its own, else null. */
export function useCommandLine(panel: string | null): CommandLineState {
  const station = useStation();
  const { question } = useEcho();
  const input = useRef<HTMLInputElement>(null);
  const { text, setText, begun } = useLineText(station, panel);
  const { history, add } = useHistory(station);
  const { recall, leave: leaveHistory } = useRecall(history, text, setText);
  const { leaveFrom, goBack, cameFrom } = useReturn();
  // What is selected may be another by the time that the line is come back to.
  useSelection((at) => at);
  const [, lookAgain] = useState(0);
  const selected = selectedInHand();
  const explained = useExplained(text, selected);
  const caution = useForeseen(explained.whole ? text : null, selected);
  const completing = useCompleting(text, explained.completions);

  /** Both at once: a key pressed between the text and its caret would land in the wrong place of it. */
  const putText = (line: string, from: number, to: number): void => {
    flushSync(() => setText(line));
    input.current?.setSelectionRange(from, to);
  };
  const { running, standing, leaveStanding, beginAnother, enter } = useEntering(input, {
    goBack,
    onDone: (line) => {
      add(line);
      leaveHistory();
      setText((typed) => (typed.trim() === line ? '' : typed));
    },
    onMissing: () => {
      if (!explained.answer || input.current?.value !== text) return;
      const { line, from, to } = roomForAnswer(text, explained.answer);
      putText(line, from, to);
    },
  });
  const comeHere = (): void => {
    if (document.activeElement === input.current) return;
    leaveFrom();
    input.current?.focus();
  };

  useAction('command', () => {
    beginAnother();
    questionSeen();
    const within = document.activeElement === input.current;
    comeHere();
    // The next line is typed over what is of no more use: never after it, and never into the board behind.
    if (within || text.trim() === standing()) input.current?.select();
    return true;
  });
  useEffect(() => {
    provideLine({
      fill: (line, caret) => {
        dropQuestion();
        if (document.activeElement !== input.current) leaveFrom();
        putText(line, caret, caret);
        input.current?.focus();
      },
      focus: comeHere,
      from: cameFrom,
    });
    return () => provideLine(null);
  });
  useAskedHere(question, input, leaveFrom);

  const onEnter = (event: KeyboardEvent<HTMLInputElement>): void => {
    const asked = questionNow();
    const line = text.trim();
    // The key that was held when the question came is no answer to it.
    if (asked && event.repeat) return;
    if (asked && !(asked.late && line !== '')) {
      ask(null);
      asked.confirm();
      if (line === '') goBack();
    } else if (explained.help) {
      setText('');
      perform('help');
    } else if (line !== '' && !running) {
      questionSeen();
      begun();
      enter(line);
    }
  };
  const onEscape = (): void => {
    if (questionNow()) {
      ask(null);
      leaveStanding(text.trim());
      if (text.trim() !== '') return;
    }
    goBack();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    switch (event.key) {
      case 'Enter':
        event.preventDefault();
        onEnter(event);
        return;
      case 'Escape':
        event.preventDefault();
        event.stopPropagation();
        onEscape();
        return;
      case 'ArrowUp':
      case 'ArrowDown':
        event.preventDefault();
        dropQuestion();
        recall(event.key === 'ArrowUp' ? -1 : 1);
        return;
      case 'Tab': {
        // With nothing to complete it moves on as everywhere.
        const line = completing(event.shiftKey);
        if (line === null) return;
        event.preventDefault();
        dropQuestion();
        setText(line);
      }
    }
  };

  return {
    ...{ input, text, explained, caution, question, onKeyDown },
    onFocus: () => lookAgain((times) => times + 1),
    type: (line) => {
      beginAnother();
      setText(line);
      leaveHistory();
      dropQuestion();
    },
  };
}
