import { z } from 'zod';
import { ENDS } from '../../domain/kernel/command-line.ts';
import { givenTo } from '../command-line.ts';
import { checks, report } from './checks.ts';

const NAMES = checks.map((check) => check.name);

/** All checks, or those named. */
const { words: names, fix } = givenTo({
  command: 'npm run check',
  usage: `npm run check -- [name …] [--fix]
  name    one of ${NAMES.join(', ')}; all of them without one
  --fix   mend what can be mended (lint, lockfile)
`,
  words: true,
  options: { fix: { type: 'boolean' } },
  schema: z.object({
    words: z.array(z.enum(NAMES, `The checks are ${NAMES.join(', ')}`)),
    fix: z.boolean().default(false),
  }),
});

let ok = true;
for (const check of checks) {
  if (names.length > 0 && !names.includes(check.name)) continue;
  ok = (await report(check, { fix })) && ok;
}
process.exitCode = ok ? ENDS.done : ENDS.no;
