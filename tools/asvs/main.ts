/** Writes docs/security/asvs.md, or says what of the verdicts does not stand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ENDS } from '../../domain/kernel/command-line.ts';
import { givenTo } from '../command-line.ts';
import { asvsPage } from './page.ts';
import { evidenceBelow, objections, readRequirements, readVerdicts } from './verdicts.ts';

const root = join(import.meta.dirname, '..', '..');
const {
  words: [file = join(root, '..', 'shared', 'data', 'asvs', 'asvs-5.0.0.flat.json')],
} = givenTo({
  command: 'npm run asvs',
  usage: `npm run asvs [-- REQUIREMENTS.json]
  REQUIREMENTS.json   the requirements of ASVS 5.0 as OWASP publishes them, flat
`,
  words: true,
  options: {},
  schema: z.object({ words: z.array(z.string()).max(1, 'Name one file') }),
});

try {
  const requirements = readRequirements(file);
  const verdicts = readVerdicts(join(root, 'docs', 'security', 'asvs-verdicts.csv'));
  const evidence = evidenceBelow(root);
  writeFileSync(join(root, 'docs', 'security', 'asvs.md'), asvsPage(requirements, verdicts, evidence));
  const wrong = objections(requirements, verdicts, evidence);
  for (const objection of wrong) process.stderr.write(`${objection}\n`);
  process.stdout.write(`${requirements.length} requirements, ${wrong.length} objections\n`);
  process.exitCode = wrong.length === 0 ? ENDS.done : ENDS.no;
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  const why = code === undefined ? (error as Error).message : `${path ?? file} cannot be used (${code}).`;
  process.stderr.write(`${why} Name the requirements: npm run asvs -- asvs-5.0.0.flat.json\n`);
  process.exitCode = ENDS.refused;
}
