import { z } from 'zod';
import { ENDS } from '../../domain/kernel/command-line.ts';
import { givenTo } from '../command-line.ts';
import { buildCenterPage, buildRenderer, CannotBuild } from './renderer.ts';

if (import.meta.main) {
  const { force } = givenTo({
    command: 'npm run build',
    usage: `npm run build [-- --force]
  --force   build also what is current
`,
    options: { force: { type: 'boolean' } },
    schema: z.object({ force: z.boolean().default(false) }),
  });
  try {
    await told('Screens', () => buildRenderer({ force }));
    await told('The center’s page', () => buildCenterPage({ force }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof CannotBuild ? ENDS.refused : ENDS.no;
  }
}

async function told(what: string, building: () => ReturnType<typeof buildRenderer>): Promise<void> {
  const started = Date.now();
  const { folder, built } = await building();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(built ? `${what} built into ${folder} in ${seconds} s.\n` : `${what} in ${folder}: current.\n`);
}
