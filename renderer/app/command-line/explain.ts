/** What the typed line will do, in words, before it is entered; and how Tab goes on with it. Pure. */
import { completeCommand } from '#domain/cad/command/complete.ts';
import { parseCommand } from '#domain/cad/command/parse.ts';
import type { Vocabulary } from '#domain/cad/command/vocabulary.ts';

export interface Explained {
  readonly says: string;
  readonly tone: 'plain' | 'asks' | 'wrong';
  /** Whole lines that Tab goes through. */
  readonly completions: readonly string[];
  /** What the answer to a question is typed over: a word, or nothing before one or at the end. Null where nothing is asked. */
  readonly answer: { readonly from: number; readonly to: number } | null;
  /** `?` alone: the help card. */
  readonly help: boolean;
  /** Understood whole: Enter does what it says, unless something speaks against it. */
  readonly whole: boolean;
}

export const NOTHING: Explained = { says: '', tone: 'plain', completions: [], answer: null, help: false, whole: false };
const MOST_SHOWN = 6;

function choicesSaid(labels: readonly string[]): string {
  if (labels.length === 0) return '';
  const more = labels.length > MOST_SHOWN ? '; …' : '';
  return ` ${labels.slice(0, MOST_SHOWN).join('; ')}${more} · Tab`;
}

/** A line that is still being typed is not called wrong: only one whose words cannot mean anything is. */
export function explain(line: string, vocabulary: Vocabulary, selected: string | null): Explained {
  if (line.trim() === '') return NOTHING;
  const completions = completeCommand(line, vocabulary, selected).map((choice) => choice.line);
  const parsed = parseCommand(line, vocabulary, selected);
  switch (parsed.kind) {
    case 'find':
    case 'calls':
      return { says: `${parsed.ghost} · Enter`, tone: 'plain', completions, answer: null, help: false, whole: true };
    case 'needs': {
      const lines = parsed.choices.map((choice) => choice.line);
      return {
        says: parsed.ask + choicesSaid(parsed.choices.map((choice) => choice.label)),
        tone: 'asks',
        completions: lines.length > 0 ? lines : completions,
        answer: parsed.at ?? { from: line.length, to: line.length },
        help: false,
        whole: false,
      };
    }
    case 'help':
      return {
        says: parsed.verb
          ? `${parsed.verb.title}: ${parsed.verb.usage}, e.g. ${parsed.verb.example}`
          : 'list all commands · Enter',
        tone: 'plain',
        completions: [],
        answer: null,
        help: parsed.verb === null,
        whole: false,
      };
    case 'refused':
      return {
        says: parsed.refusal.message,
        tone: completions.length > 0 ? 'plain' : 'wrong',
        completions,
        answer: null,
        help: false,
        whole: false,
      };
  }
}
