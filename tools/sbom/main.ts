/** Writes the bill of materials, or says what of the lockfile may not be shipped. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { ENDS } from '../../domain/kernel/command-line.ts';
import { makeFolder } from '../../sealing/make-folder.ts';
import { root } from '../check/program.ts';
import { givenTo } from '../command-line.ts';
import { billOf, type LockedPackages, objectionsTo } from './bill.ts';

const {
  words: [to = join(root, 'dist', 'sbom.cdx.json')],
} = givenTo({
  command: 'npm run sbom',
  usage: `npm run sbom [-- FILE]
  FILE   where it is written; dist/sbom.cdx.json unless said otherwise
`,
  words: true,
  options: {},
  schema: z.object({ words: z.array(z.string()).max(1, 'Name one file') }),
});

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly name: string;
  readonly version: string;
  readonly packages: LockedPackages;
};
const objections = objectionsTo(lock.packages);
for (const objection of objections) process.stderr.write(`${objection}\n`);
if (objections.length > 0) process.exitCode = ENDS.no;
else {
  const bill = billOf({ name: lock.name, version: lock.version }, lock.packages);
  try {
    makeFolder(dirname(resolve(to)));
    writeFileSync(resolve(to), `${JSON.stringify(bill, null, 2)}\n`);
    process.stdout.write(`${bill.components.length} packages in ${resolve(to)}\n`);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'it could not be written';
    process.stderr.write(`${resolve(to)} cannot be written (${why}): name another file, npm run sbom -- FILE.\n`);
    process.exitCode = ENDS.refused;
  }
}
