import { buildRenderer } from './renderer.ts';

export { buildRenderer } from './renderer.ts';

/** `npm run build [-- --force]` */
if (import.meta.main) {
  const started = Date.now();
  try {
    const { folder, built } = await buildRenderer({ force: process.argv.includes('--force') });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    process.stdout.write(
      built ? `Screens built into ${folder} in ${seconds} s.\n` : `Screens in ${folder} are current.\n`,
    );
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
