/**
 * What each `npm run <name>` runs. Plain JavaScript because the bootstrap reads it before the product's own Node is known
 * to be there; the dead-code check takes its entry files from here too, so a command is named once.
 *
 * `file` is relative to the repository's root; `args` come before what the caller gave.
 *
 * @typedef {{ file: string, args?: readonly string[], about: string }} Command
 * @type {Readonly<Record<string, Command>>}
 */
export const commands = {
  start: { file: 'tools/start/main.ts', about: 'start the console, and the center beside it for a demo' },
  center: { file: 'server/main.ts', about: 'the center, on your PostgreSQL or one of its own' },
  test: { file: 'tools/test/main.ts', about: 'run every check and test' },
  check: { file: 'tools/check/main.ts', about: 'types, lint, import directions and cycles, dead code' },
  typecheck: { file: 'tools/check/main.ts', args: ['types'], about: 'types alone' },
  lint: { file: 'tools/check/main.ts', args: ['lint'], about: 'lint and format alone; `-- --fix` repairs what it can' },
  build: { file: 'tools/build/main.ts', about: 'build the console’s screens into dist/renderer' },
  psap: { file: 'tools/psap/main.ts', about: 'add a PSAP to a center, or print a code for one more workstation' },
  organisation: {
    file: 'tools/organisation/main.ts',
    about: 'an organisation’s state and modules, as the operator of the center',
  },
  replay: { file: 'tools/replay/main.ts', about: 'play recorded dispatch traffic into a running console' },
  verify: {
    file: 'tools/verify/main.ts',
    about: 'hold a center’s audit against its seals, or its rows against the facts',
  },
  'verify:audit': { file: 'tools/verify/main.ts', args: ['audit'], about: 'the same as verify audit' },
  asvs: { file: 'tools/asvs/main.ts', about: 'write what is said of each requirement of OWASP ASVS 5.0' },
  sbom: {
    file: 'tools/sbom/main.ts',
    about: 'write the bill of materials: what of others is shipped, and under which licence',
  },
  simulate: { file: 'tests/simulation/main.ts', about: 'many stations and a center on a virtual clock, from a seed' },
  torture: { file: 'tools/torture/main.ts', about: 'kill real processes again and again and look for a lost fact' },
  bench: { file: 'bench/main.ts', about: 'repeatable measurements' },
  package: { file: 'tools/package/main.ts', about: 'pack the desktop shell for one center' },
};
