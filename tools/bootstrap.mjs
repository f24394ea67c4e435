/**
 * The first step of every npm script. It runs on whatever Node the machine has (20 or newer), makes sure the dependencies
 * are installed, and then runs the command on the product's own Node, which is one of those dependencies: one pinned
 * version on every machine, and native modules that are known to work with it.
 *
 * Plain JavaScript and no imports beyond Node, because it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { commands } from './commands.mjs';

const OLDEST_NODE = 20;
/** `ENDS.refused` of domain/kernel/command-line.ts, which may not be read before anything is installed. */
const REFUSED = 2;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Ends the process with a sentence that says what to do.
 * @param {string} message
 * @returns {never}
 */
function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(REFUSED);
}

/**
 * The `packages` of a lockfile, or undefined when there is no readable one.
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }> | undefined}
 */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Why `npm ci` has to run, or undefined when node_modules holds what package-lock.json asks for. Compared by content and
 * not by time: a git checkout touches the lockfile without changing it, and npm writes its own copy last of all, so an
 * interrupted install is noticed as well.
 */
function reasonToInstall() {
  const wanted = lockedPackages('package-lock.json');
  if (!wanted)
    stop('package-lock.json is missing or unreadable: restore it from version control, then run this again.');
  const installed = lockedPackages('node_modules/.package-lock.json');
  if (!installed) return 'Dependencies are not installed yet';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const here = installed[path];
    if (!here) {
      // An optional package may be absent: it is for another platform, or could not be built on this machine.
      if (entry.optional) continue;
      return 'Dependencies have changed';
    }
    // The lockfile may name a package of another platform without its hash, see tools/check/lockfile.ts.
    const otherBytes = entry.integrity !== undefined && here.integrity !== entry.integrity;
    if (here.version !== entry.version || otherBytes) return 'Dependencies have changed';
  }
  return undefined;
}

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM'];
/** Where npm gets packages from, as far as whoever started this has said so. */
const registry = ['npm registry', process.env.npm_config_registry].filter(Boolean).join(' ');
/** For how long nothing may come before that is said, and how often it is said again. ms */
const SAY_AFTER = 5_000;
const SAY_EVERY = 30_000;
/** How long npm goes on after a first question to the registry failed and none since was answered. ms */
const GIVE_UP_AFTER = 60_000;
/**
 * npm's own are ten seconds and a minute between tries, and five minutes for each: without a network that is ten minutes of silence.
 * What somebody has set stays.
 */
const patience = Object.entries({
  'fetch-retries': 2,
  'fetch-retry-mintimeout': 1_000,
  'fetch-retry-maxtimeout': 10_000,
  'fetch-timeout': 60_000,
}).flatMap(([option, value]) =>
  process.env[`npm_config_${option.replaceAll('-', '_')}`] === undefined ? [`--${option}=${value}`] : [],
);

/**
 * Lines of npm that nobody needs to read: its log, and that packages want a newer Node than the machine's, of which there are a hundred
 * lines on Node 20. They run on the product's own.
 */
const NOT_FOR_PEOPLE = /^npm (http|warn EBADENGINE)/;

/** Installs exactly what the lockfile names, by the npm that started us where there is one. */
async function install() {
  const started = Date.now();
  const npmScript = process.env.npm_execpath;
  const isNpm = npmScript !== undefined && /npm-cli\.c?js$/.test(npmScript);
  const [file, before] = isNpm ? [process.execPath, [npmScript]] : ['npm', []];
  // Each question to the registry, and how it ended, is on the error output by that level of the log.
  const npm = spawn(file, [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=http', ...patience], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'pipe'],
    shell: !isNpm && process.platform === 'win32',
  });
  /** @type {string | undefined} */
  let failure;
  let failedAt = 0;
  let came = 0;
  let gaveUp = false;
  /** @type {string[]} */
  const said = [];
  createInterface({ input: npm.stderr }).on('line', (line) => {
    const failed = /^npm http fetch .* attempt \d+ failed with (\S+)/.exec(line);
    if (failed) {
      if (failure === undefined) {
        failedAt = Date.now();
        process.stdout.write(`The ${registry} is not reached (${failed[1]}); it is tried for a minute …\n`);
      }
      failure = failed[1];
    } else if (/^npm http fetch \S+ [23]\d\d /.test(line)) {
      came++;
      failure = undefined;
    } else if (line.startsWith('npm error')) said.push(line);
    else if (!NOT_FOR_PEOPLE.test(line)) process.stderr.write(`${line}\n`);
  });
  let sayAt = started + SAY_AFTER;
  const watching = setInterval(() => {
    if (failure !== undefined && Date.now() - failedAt > GIVE_UP_AFTER) {
      gaveUp = true;
      npm.kill();
    }
    if (failure !== undefined || Date.now() < sayAt) return;
    const seconds = Math.round((Date.now() - started) / 1000);
    if (came === 0) process.stdout.write(`Nothing has come from the ${registry} in ${seconds} s; npm goes on …\n`);
    else if (sayAt > started + SAY_AFTER) process.stdout.write(`${came} packages have come in ${seconds} s …\n`);
    sayAt = Date.now() + SAY_EVERY;
  }, 250);
  const endWith = (/** @type {NodeJS.Signals} */ signal) => {
    npm.kill(signal);
    process.exit(128 + (constants.signals[signal] ?? 0));
  };
  for (const signal of SIGNALS) process.on(signal, endWith);
  const ended = await new Promise((resolve) => {
    npm.on('error', (error) => resolve(error));
    npm.on('close', (code) => resolve(code));
  });
  clearInterval(watching);
  for (const signal of SIGNALS) process.removeListener(signal, endWith);
  if (ended instanceof Error)
    stop(`npm could not be started (${ended.message}): install npm 10 or newer, then run this again.`);
  if (failure !== undefined && (gaveUp || ended !== 0))
    stop(
      `The ${registry} is not reached (${failure}), and not all that is needed is on this machine: connect it to the network, or name a registry that it reaches in npm_config_registry, and run this again.`,
    );
  if (ended !== 0) {
    stop(
      `${said.join('\n')}\nInstalling the dependencies failed; npm says why above. Check the connection to the npm registry and try again.`,
    );
  }
  process.stdout.write(`Dependencies installed in ${Math.round((Date.now() - started) / 1000)} s.\n`);
}

/** Path of the product's own Node, proven to run. */
function productNode() {
  const require = createRequire(join(root, 'package.json'));
  const reinstall = 'remove node_modules and run this again; npm must be allowed to run the install script of "node"';
  let folder;
  try {
    folder = dirname(require.resolve('node/package.json'));
  } catch {
    return stop(`The npm package "node", which brings the product's own Node, is not installed: ${reinstall}.`);
  }
  const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(binary)) stop(`The product's own Node is missing at ${binary}: ${reinstall}.`);
  return binary;
}

/**
 * What one process compiled, the next ones read, those it starts as well: without it a center takes half a second longer to
 * be there again, and Node's TypeScript compiler is loaded each time.
 */
const compiled = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled') };

/**
 * Runs the entry file and ends as it ends. A terminal sends Ctrl-C to the whole process group, the child included, so
 * passing it on there would interrupt the child twice, and a second Ctrl-C means "now, without tidying up".
 * @param {string} node
 * @param {readonly string[]} args
 */
function run(node, args) {
  const child = spawn(node, args, { stdio: 'inherit', env: { ...compiled, ...process.env } });
  const inTerminal = process.stdin.isTTY === true;
  process.on('SIGINT', () => {
    if (!inTerminal) child.kill('SIGINT');
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  if (process.platform !== 'win32') process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) =>
    stop(`The product's own Node did not start (${error.message}): remove node_modules and run this again.`),
  );
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // Die the same way, so the caller sees what happened to the command itself.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 200);
  });
}

const [name = '', ...given] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) {
  const known = Object.entries(commands).map(([known, { about }]) => `  npm run ${known.padEnd(10)} ${about}`);
  stop(`${name === '' ? 'Say which command to run' : `There is no command "${name}"`}:\n${known.join('\n')}`);
}

const major = Number(process.versions.node.split('.')[0]);
if (major < OLDEST_NODE) {
  stop(
    `This is Node ${process.versions.node}; Quantum Dispatch needs Node ${OLDEST_NODE} or newer to start. Install it from your system's packages or nodejs.org.`,
  );
}

if (!existsSync(join(root, command.file))) {
  stop(`"npm run ${name}" is not part of this checkout: its program ${command.file} does not exist.`);
}

const reason = reasonToInstall();
if (reason !== undefined) {
  process.stdout.write(`${reason}: running npm ci (a minute or two the first time) …\n`);
  await install();
}

run(productNode(), [join(root, command.file), ...(command.args ?? []), ...given]);
