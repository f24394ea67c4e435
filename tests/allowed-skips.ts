import type { AllowedSkip } from '../tools/test/tally.ts';

/**
 * Every test that may be skipped, and why that is all right. `test` is the beginning of its name as `npm test` prints it:
 * `<project> <file> > <suite> > <name>`. Any other skip fails the run, so a test cannot quietly stop running.
 */
export const allowedSkips: readonly AllowedSkip[] = [
  {
    test: 'unit tests/electron/shell.test.ts > electron: ',
    reason: "Electron's binary is not on this machine (its package downloads it; see ELECTRON_OVERRIDE_DIST_PATH)",
  },
  {
    test: 'interop tests/interop/sqlcipher.test.ts > the reference SQLCipher',
    reason:
      'the reference SQLCipher is compiled from source, and this machine has no C++ compiler or no package registry',
  },
  {
    test: 'unit sealing/wycheproof.test.ts > Wycheproof',
    reason: 'the vectors of Project Wycheproof lie in ../shared/data, which is not beside this clone',
  },
  {
    test: 'unit server/modules/webhooks/providers/wycheproof.test.ts > Wycheproof',
    reason: 'the vectors of Project Wycheproof lie in ../shared/data, which is not beside this clone',
  },
  {
    test: 'unit server/kernel/telemetry/telemetry.test.ts > the alert rules',
    reason: 'promtool is not on this machine (.ci/run installs it with Debian’s prometheus)',
  },
  ...[
    'unit server/kernel/limits/limits.test.ts > counted over redis',
    'unit server/kernel/limits/limits.test.ts > a store that goes away',
    'unit server/kernel/bus/nodes.test.ts > two nodes of a center, over Redis',
    'unit server/kernel/http/shown-certificates.test.ts > Redis',
    'unit server/kernel/redis.test.ts > Redis',
  ].map((test) => ({ test, reason: 'redis-server is not on this machine (.ci/run installs it)' })),
  {
    test: 'unit server/kernel/http/in-clear.test.ts > a closed network > is all that a center in clear hears',
    reason: 'this machine has no address but loopback',
  },
  {
    test: 'unit server/kernel/http/outbound.test.ts > an address that came as data > is asked where all of that holds',
    reason: 'this machine has no address of a private network',
  },
  {
    test: 'unit server/kernel/db/embedded.test.ts > ',
    reason: 'processes of a server are found by /proc, which Linux alone has',
  },
  {
    test: 'unit server/kernel/audit/checkpoints.test.ts > the files > go on behind a line of which a full disk took a part',
    reason: 'a disk that is full for one file is /dev/full, which Windows has not',
  },
  {
    test: 'unit sealing/dumps.test.ts > a process that keeps out of dumps > has no memory of its own or of its children in a core',
    reason: 'what is in a core is said by /proc, which Linux alone has',
  },
  {
    test: 'unit tools/start/window.test.ts > tells a window nothing of the secrets',
    reason: 'a program that says what it is told is a shell script, and Windows runs none',
  },
  {
    test: 'unit tools/asvs/asvs.test.ts > ASVS 5.0',
    reason: 'the requirements of OWASP ASVS lie in ../shared/data, which is not beside this clone',
  },
  {
    test: 'e2e tests/e2e/replay-real-day.test.ts > a real day',
    reason: 'the real dispatch day lies in ../shared/data, which is not beside this clone',
  },
];
