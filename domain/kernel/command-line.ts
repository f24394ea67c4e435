/** What a process may be given by its command line: read, checked and refused in one way for all of them. */
import { z } from 'zod';
import { isReadable } from './readable.ts';
import { done, type Outcome, refused } from './refusal.ts';

/**
 * What a command of ours ends with, whichever it is. `no`: it did what was asked, and what came of it is a no (something differs, does not
 * hold, or could not be read); or it was broken off by what nobody foresaw. `refused`: it did not do it, and one sentence on its error
 * output says why and what to do.
 */
export const ENDS = { done: 0, no: 1, refused: 2 } as const;

export interface FlagOptions {
  readonly [flag: string]: {
    readonly type: 'string' | 'boolean';
    readonly short?: string;
    /** True where it may be given more than once. */
    readonly multiple?: boolean;
  };
}

export interface CommandLine<S extends z.ZodType> {
  /** As one types it, such as `npm run torture`. */
  readonly command: string;
  /** What asks for help, where that is not `COMMAND -- --help`. */
  readonly help?: string;
  /** What `--help` prints: a line for each flag. */
  readonly usage: string;
  readonly options: FlagOptions;
  /** True where words stand beside the flags; the schema gets them as `words`. */
  readonly words?: true;
  /** What fields of the schema are called that are no flags. */
  readonly called?: { readonly [field: string]: string };
  readonly schema: S;
}

/** `parseArgs` of `node:util`, which splits a command line into flags and words. */
export type SplitArguments = (of: {
  readonly args: string[];
  readonly options: FlagOptions;
  readonly strict: true;
  readonly allowPositionals: true;
  readonly tokens: true;
}) => {
  readonly values: { readonly [flag: string]: unknown };
  readonly positionals: readonly string[];
  readonly tokens: readonly { readonly kind: string; readonly name?: string }[];
};

/** The longest text that a flag, a word or a variable may be: the longest path of Linux. Characters. */
const LONGEST_GIVEN = 4_096;

/** A number in digits alone: no sign, no exponent, nothing left out. */
export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least).max(most));

/** Why no flag, word or variable may be this text; null where nothing speaks against it. */
export function objectionToGiven(text: string): string | null {
  if (text.length > LONGEST_GIVEN) return `must be at most ${LONGEST_GIVEN} characters`;
  return isReadable(text) && !/[\t\r\n]/.test(text) ? null : 'holds characters that cannot be read';
}

/** The flags, or `help`, or a sentence that names the flag and the way out. */
export function readCommandLine<S extends z.ZodType>(
  line: CommandLine<S>,
  args: readonly string[],
  split: SplitArguments,
): Outcome<z.output<S> | 'help'> {
  const given = givenOf(line, args, split);
  if (!given.ok) return given;
  const { help, ...flags } = given.value;
  if (help === true) return done('help');
  const checked = line.schema.safeParse(flags);
  if (checked.success) return done(checked.data);
  const issue = checked.error.issues[0];
  return wrong(line, String(issue?.path[0] ?? ''), why(issue));
}

function wrong(line: CommandLine<z.ZodType>, flag: string, what: string) {
  const about = flag === 'words' || flag === '' ? '' : `${line.called?.[flag] ?? `--${flag}`} `;
  return refused('flag.invalid', `${about}${what}. ${helpOf(line)}`, flag);
}

function helpOf({ command, help = `${command} -- --help` }: CommandLine<z.ZodType>): string {
  return `See ${help}.`;
}

function givenOf(
  line: CommandLine<z.ZodType>,
  args: readonly string[],
  split: SplitArguments,
): Outcome<{ readonly [flag: string]: unknown }> {
  const options: FlagOptions = { ...line.options, help: { type: 'boolean', short: 'h' } };
  try {
    const read = split({ args: [...args], options, strict: true, allowPositionals: true, tokens: true });
    const [word] = read.positionals;
    if (line.words !== true && word !== undefined) {
      const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word;
      return refused(
        'flag.unknown',
        `${isReadable(shown) ? `"${shown}"` : 'A word'} belongs to no flag. ${helpOf(line)}`,
      );
    }
    const values = line.words === true ? { ...read.values, words: read.positionals } : read.values;
    return objectionToValues(line, values, read.tokens) ?? done(values);
  } catch (error) {
    const flag = /'(--?\w[\w-]*)(?=[' ])/.exec(error instanceof Error ? error.message : '')?.[1];
    const lacking = (error as { readonly code?: string }).code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE';
    const what = lacking
      ? `${flag ?? 'A flag'} has no value, or one that it does not take`
      : `There is no flag ${flag ?? 'of that name'}`;
    return refused('flag.unknown', `${what}. ${helpOf(line)}`, flag?.replace(/^-+/, ''));
  }
}

function objectionToValues(
  line: CommandLine<z.ZodType>,
  values: { readonly [flag: string]: unknown },
  tokens: readonly { readonly kind: string; readonly name?: string }[],
) {
  const names = tokens.flatMap(({ kind, name }) => (kind === 'option' && name !== undefined ? [name] : []));
  const twice = names.find((name, i) => line.options[name]?.multiple !== true && names.indexOf(name) < i);
  if (twice !== undefined) return wrong(line, twice, 'is given twice');
  for (const [flag, value] of Object.entries(values)) {
    for (const text of Array.isArray(value) ? value : [value]) {
      const objection = typeof text === 'string' ? objectionToGiven(text) : null;
      if (objection !== null) return wrong(line, flag, flag === 'words' ? `A word ${objection}` : objection);
    }
  }
  return null;
}

function why(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'too_small' && issue.origin !== 'array')
    return `must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`;
  if (issue?.code === 'too_big' && issue.origin !== 'array')
    return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
  return issue?.message ?? 'is not valid';
}
