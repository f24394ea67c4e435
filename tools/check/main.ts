import { checks, report } from './checks.ts';

/** `npm run check [-- name…] [--fix]`: all checks, or those named; `--fix` mends what can be mended (lint, lockfile). */
const args = process.argv.slice(2);
const fix = args.includes('--fix');
const names = args.filter((arg) => arg !== '--fix');
const unknown = names.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no check "${unknown[0]}". Checks: ${checks.map((check) => check.name).join(', ')}.\n`);
  process.exit(2);
}

let ok = true;
for (const check of checks) {
  if (names.length > 0 && !names.includes(check.name)) continue;
  ok = (await report(check, { fix })) && ok;
}
process.exitCode = ok ? 0 : 1;
