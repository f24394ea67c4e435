import { type ReactNode, useId } from 'react';
import './command-line.css';
import { LONGEST_LINE } from '#domain/cad/command/verbs.ts';
import { KeyOf } from '../../ui/key.tsx';
import { LastCommand } from './last-command.tsx';
import { QuestionSaid, Says } from './says.tsx';
import { useCommandLine } from './use-command-line.ts';

/** The footer: the command line, what it will do, and what was last done. `panel`: of a window of its own, else null. */
export function CommandLine({ panel }: { readonly panel: string | null }): ReactNode {
  const id = useId();
  const { input, text, explained, caution, question, type, onFocus, onKeyDown } = useCommandLine(panel);

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
            onChange={(event) => type(event.target.value)}
            onFocus={onFocus}
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
