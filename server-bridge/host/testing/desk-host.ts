/** A desk with its loopback host: a real station without a center. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Desk, me, openDesk } from '../../dispatch/testing/desk.ts';
import { fixedSessions } from '../../session/fixed.ts';
import { type Host, startHost } from '../host.ts';
import { createTokens, type Tokens } from '../tokens.ts';

export interface DeskHost {
  readonly desk: Desk;
  readonly host: Host;
  readonly tokens: Tokens;
  /** What should never happen and did. */
  readonly faults: readonly string[];
  readonly close: () => Promise<void>;
}

/** `pages`: the folder of those that it serves; one that does nothing where left out. */
export async function openDeskHost(pages?: string): Promise<DeskHost> {
  const folder = mkdtempSync(join(tmpdir(), 'qd-host-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><title>Console</title><script type="module" src="./assets/a.js"></script>',
  );
  writeFileSync(join(folder, 'assets', 'a.js'), 'export {};\n');
  writeFileSync(join(folder, 'secret.key'), 'not to be served');
  const faults: string[] = [];
  let tokens: Tokens | null = null;
  const desk = openDesk({
    sessions: fixedSessions(me(['admin', 'dispatcher'])),
    windowToken: (seat) => tokens?.issue(seat) ?? '',
    fault: (where, error) => faults.push(`${where}: ${String(error)}`),
  });
  const issued = createTokens(desk.store, randomBytes);
  tokens = issued;
  const host = await startHost({
    port: 0,
    folder: pages ?? folder,
    served: {
      dispatch: desk.dispatch,
      station: 'station-a',
      build: 'test',
      admit: issued.admit,
      fault: (where, error) => faults.push(`${where}: ${String(error)}`),
    },
  });
  return {
    desk,
    host,
    tokens: issued,
    faults,
    close: async () => {
      await host.close();
      desk.close();
      rmSync(folder, { recursive: true });
    },
  };
}
