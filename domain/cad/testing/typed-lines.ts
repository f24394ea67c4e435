/** Lines as somebody types them at a console of a test. */
import type { IncidentRow } from '../../bridge/topics.ts';
import { parseCommand } from '../command/parse.ts';
import type { Parsed } from '../command/reading.ts';
import { decideCommand } from '../command/run.ts';
import { vocabularyOf } from '../command/vocabulary.ts';
import { incidentRow } from '../views/incident-row.ts';
import { type Console, createConsole } from './memory-world.ts';
import { act } from './random-actions.ts';
import { TEST_ROSTER } from './roster.ts';

export interface TypedLines {
  /** What the line says before Enter: what it will do, or what it asks or refuses, with which of both. */
  readonly ghost: (line: string, selected?: string | null) => string;
  /** The whole lines that it offers where it asks for something; none where it asks for nothing. */
  readonly choices: (line: string, selected?: string | null) => readonly string[];
  /** Enters it. What was said of it, or the refusal with its code. */
  readonly run: (line: string, selected?: string | null, confirm?: boolean) => string;
}

/** A console at which two calls wait: 26-K0001 at 1200 Oak St and 26-K0002 at 9 Elm St, both chest pain. */
export function atTwoCalls(): Console {
  const at = createConsole('k', TEST_ROSTER);
  for (const text of ['1200 Oak St', '9 Elm St'])
    act('incident.open', { location: { text }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
  return at;
}

/** The row of an incident as a board there has it, without its units. */
export function callAt({ world }: Console, id: string): IncidentRow | undefined {
  const folded = world.entity(`incident:${id}`);
  return folded && incidentRow(folded, [], world);
}

/** `console`: asked anew for each line, as tests make theirs anew. */
export function typedAt(console: () => Console): TypedLines {
  const read = (line: string, selected: string | null): Parsed => {
    const { world, means } = console();
    return parseCommand(line, vocabularyOf(world, means.now), selected);
  };
  return {
    choices: (line, selected = null) => {
      const parsed = read(line, selected);
      return parsed.kind === 'needs' ? parsed.choices.map((choice) => choice.line) : [];
    },
    ghost: (line, selected = null) => {
      const parsed = read(line, selected);
      return parsed.kind === 'calls' || parsed.kind === 'find' ? parsed.ghost : `${parsed.kind}: ${saidOf(parsed)}`;
    },
    run: (line, selected = null, confirm = false) => {
      const { world, means, append } = console();
      const decided = decideCommand({ line, selected, confirm }, world, means);
      if (!decided.ok) return `${decided.refusal.code}: ${decided.refusal.message}`;
      append(decided.value.drafts);
      return decided.value.said;
    },
  };
}

/** What is asked, or why it is refused; nothing of a line that can be done. */
export function saidOf(parsed: Parsed): string {
  return parsed.kind === 'refused' ? parsed.refusal.message : parsed.kind === 'needs' ? parsed.ask : '';
}
