/** What the process of a command was given. */
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { type CommandLine, ENDS, readCommandLine } from '../domain/kernel/command-line.ts';

/** What this process was given. Ends it where that was a wish for help, or nothing that can be used. */
export function givenTo<S extends z.ZodType>(line: CommandLine<S>): z.output<S> {
  const read = readCommandLine(line, process.argv.slice(2), parseArgs);
  if (!read.ok) {
    process.stderr.write(`${read.refusal.message}\n`);
    process.exit(ENDS.refused);
  }
  if (read.value === 'help') {
    process.stdout.write(line.usage);
    process.exit(ENDS.done);
  }
  return read.value;
}
