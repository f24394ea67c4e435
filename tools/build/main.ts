import { buildCenterPage, buildRenderer } from './renderer.ts';

export { buildRenderer } from './renderer.ts';

/** `npm run build [-- --force]` */
if (import.meta.main) {
  try {
    const force = process.argv.includes('--force');
    await told('Screens', () => buildRenderer({ force }));
    await told('The center’s page', () => buildCenterPage({ force }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function told(what: string, building: () => ReturnType<typeof buildRenderer>): Promise<void> {
  const started = Date.now();
  const { folder, built } = await building();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(built ? `${what} built into ${folder} in ${seconds} s.\n` : `${what} in ${folder}: current.\n`);
}
