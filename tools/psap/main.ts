/** `npm run psap`: adds a PSAP to a center, or an administrator, or asks for one more enrolment code of a PSAP that is there. */
import { givenTo } from '../command-line.ts';
import { COMMAND_LINE } from './flags.ts';

// A wrong flag is told before half of the center is loaded.
const flags = givenTo(COMMAND_LINE);
const { runPsap } = await import('./run.ts');
await runPsap(flags);
