/** The first step of every command, run by itself on a checkout of which nothing is installed. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENDS } from '../domain/kernel/command-line.ts';
import { type Ended, ranToItsEnd } from './testing/command-run.ts';

const WANTED = {
  version: '3.0.1',
  integrity: 'sha512-CQpnWPrDwmP1+SMHXZhtLtJv90yiyVfluGsX5iNCVkrhQtU3TQHsUWPG9wkdk9Lgd5yNpAg9jQEo90CBaXgWMA==',
};

let checkout: string;
let registry: Server;
beforeEach(async () => {
  checkout = mkdtempSync(join(tmpdir(), 'qd-checkout-'));
  const of = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  for (const name of ['bootstrap.mjs', 'commands.mjs']) cpSync(of(name), join(checkout, 'tools', name));
  mkdirSync(join(checkout, 'server'));
  writeFileSync(join(checkout, 'server', 'main.ts'), '');
  const root = { name: 'x', version: '1.0.0', dependencies: { 'is-odd': '3.0.1' } };
  writeFileSync(join(checkout, 'package.json'), JSON.stringify(root));
  // Of the machine's Node, which nothing but npm runs on.
  const engines = { node: '>=99' };
  const packages = { '': root, 'node_modules/is-odd': { ...WANTED, engines } };
  writeFileSync(join(checkout, 'package-lock.json'), JSON.stringify({ ...root, lockfileVersion: 3, packages }));
  registry = createServer();
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  registry.closeAllConnections();
  registry.close();
  rmSync(checkout, { recursive: true, force: true });
});

const address = (): string => `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
function center(more: NodeJS.ProcessEnv): Promise<Ended> {
  const { npm_execpath: _, ...env } = process.env;
  const kept = Object.entries(env).filter(([name]) => !name.toLowerCase().startsWith('npm_config_'));
  return ranToItsEnd(join(checkout, 'tools', 'bootstrap.mjs'), ['center'], {
    env: { ...Object.fromEntries(kept), npm_config_cache: join(checkout, 'cache'), ...more },
  });
}

it('says which registry it does not reach, and ends soon with one sentence', async () => {
  const at = address();
  registry.close();
  const began = Date.now();
  const { code, out, err } = await center({ npm_config_registry: at });
  expect(Date.now() - began).toBeLessThan(60_000);
  expect(out).toContain(`The npm registry ${at} is not reached (ECONNREFUSED); it is tried for a minute …\n`);
  expect({ code, err }).toEqual({
    code: ENDS.refused,
    err: `The npm registry ${at} is not reached (ECONNREFUSED), and not all that is needed is on this machine: connect it to the network, or name a registry that it reaches in npm_config_registry, and run this again.\n`,
  });
}, 90_000);

it('says within seconds that nothing comes from a registry that does not answer', async () => {
  registry.on('request', () => undefined);
  const patience = { npm_config_fetch_timeout: '7000', npm_config_fetch_retries: '0' };
  const { code, out, err } = await center({ npm_config_registry: address(), ...patience });
  expect(out).toContain(`Nothing has come from the npm registry ${address()} in 5 s; npm goes on …\n`);
  expect({ code, err }).toEqual({ code: ENDS.refused, err: expect.stringMatching(/^The npm registry .*\n$/) });
}, 90_000);

it('hands on what npm says of anything else, but for what it thinks of a Node that nothing is run on', async () => {
  registry.on('request', (_, response) => {
    response.statusCode = 404;
    response.end();
  });
  const { code, err } = await center({ npm_config_registry: address() });
  expect(code).toBe(ENDS.refused);
  expect(err).toContain('npm error code E404');
  expect(err).not.toContain('EBADENGINE');
  expect(err).toMatch(/npm says why above\. Check the connection to the npm registry and try again\.\n$/);
}, 90_000);
