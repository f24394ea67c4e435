/** What a command of this folder may be given: read, checked and refused in one way for all of them. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { z } from 'zod';
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';

export interface CommandLine<S extends z.ZodType> {
  /** As one types it, such as `npm run torture`. */
  readonly command: string;
  /** What `--help` prints: a line for each flag. */
  readonly usage: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** True where words stand beside the flags; the schema gets them as `words`. */
  readonly words?: true;
  readonly schema: S;
}

/** A number in digits alone: no sign, no exponent, nothing left out. */
export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least).max(most));

/** The flags, or `help`, or a sentence that names the flag and the way out. */
export function readCommandLine<S extends z.ZodType>(
  { command, options, words, schema }: CommandLine<S>,
  args: readonly string[],
): Outcome<z.output<S> | 'help'> {
  const given = parsed(command, { ...options, help: { type: 'boolean', short: 'h' } }, words === true, args);
  if (!given.ok) return given;
  const { help, ...flags } = given.value;
  if (help === true) return done('help');
  const checked = schema.safeParse(flags);
  if (checked.success) return done(checked.data);
  const issue = checked.error.issues[0];
  const flag = String(issue?.path[0] ?? '');
  const about = flag === 'words' || flag === '' ? '' : `--${flag} `;
  return refused('flag.invalid', `${about}${why(issue)}. See ${command} -- --help.`, flag);
}

/** What this process was given. Ends it where that was a wish for help, or nothing that can be used. */
export function givenTo<S extends z.ZodType>(line: CommandLine<S>): z.output<S> {
  const read = readCommandLine(line, process.argv.slice(2));
  if (!read.ok) {
    process.stderr.write(`${read.refusal.message}\n`);
    process.exit(2);
  }
  if (read.value === 'help') {
    process.stdout.write(line.usage);
    process.exit(0);
  }
  return read.value;
}

function parsed(
  command: string,
  options: NonNullable<ParseArgsConfig['options']>,
  takesWords: boolean,
  args: readonly string[],
): Outcome<{ readonly [flag: string]: unknown }> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
    const [word] = positionals;
    if (!takesWords && word !== undefined) {
      const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word;
      return refused('flag.unknown', `"${shown}" belongs to no flag. See ${command} -- --help.`);
    }
    return done(takesWords ? { ...values, words: positionals } : values);
  } catch (error) {
    const flag = /'(--?\w[\w-]*)(?=[' ])/.exec(error instanceof Error ? error.message : '')?.[1];
    const lacking = (error as { readonly code?: string }).code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE';
    const what = lacking
      ? `${flag ?? 'A flag'} has no value, or one that it does not take`
      : `There is no flag ${flag ?? 'of that name'}`;
    return refused('flag.unknown', `${what}. See ${command} -- --help.`, flag?.replace(/^-+/, ''));
  }
}

function why(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'too_small' && issue.origin !== 'array')
    return `must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`;
  if (issue?.code === 'too_big' && issue.origin !== 'array')
    return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
  return issue?.message ?? 'is not valid';
}
