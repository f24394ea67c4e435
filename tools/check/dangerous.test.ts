/** What the product never does in its own code, wherever it would be written. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
/** Where the product's code is: what runs at a center, at a workstation and in a browser. */
const HOUSES = ['domain', 'sealing', 'server', 'server-bridge', 'renderer', 'electron', 'preload'];

function sources(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'testing' ? [] : sources(file);
    if (!/\.tsx?$/.test(entry.name) || /\.test\.tsx?$/.test(entry.name)) return [];
    // What a comment says runs nowhere.
    return [{ file, text: readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '') }];
  });
}
const ALL = HOUSES.flatMap(sources);
const inAll = (what: RegExp): readonly string[] => ALL.filter(({ text }) => what.test(text)).map(({ file }) => file);

describe('the product’s code', () => {
  it('is looked at whole', () => {
    expect(ALL.length).toBeGreaterThan(500);
    expect(HOUSES.filter((house) => !ALL.some(({ file }) => file.startsWith(`${house}/`)))).toEqual([]);
  });

  it('runs no text as code (ASVS 1.3.2)', () => {
    expect(inAll(/\beval\s*\(|\bnew Function\b|(?<!\.)\bFunction\s*\(|from 'node:vm'|setTimeout\(\s*['"`]/)).toEqual(
      [],
    );
  });

  it('starts processes by lists of arguments, only to find and start PostgreSQL, and no shell (ASVS 1.2.5)', () => {
    const starting = inAll(/from 'node:child_process'/);
    expect(starting).toEqual(['server/kernel/db/embedded.ts', 'server/kernel/db/postgres-binaries.ts']);
    expect(inAll(/\bexecSync\b|import \{[^}]*\bexec\b[^}]*\} from 'node:child_process'|shell:\s*true/)).toEqual([]);
  });

  it('shows text as text: nothing is made of markup (ASVS 1.1.2, 3.2.2)', () => {
    const MARKUP =
      /dangerouslySetInnerHTML|\.(inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|srcdoc|DOMParser/;
    expect(inAll(MARKUP)).toEqual([]);
  });

  it('makes no pattern of what somebody typed (ASVS 1.2.9)', () => {
    expect(inAll(/new RegExp\(|(?<![\w.])RegExp\(/)).toEqual([]);
  });

  it('takes no certificate that does not hold, and asks for none less (ASVS 12.3.2)', () => {
    expect(
      inAll(/rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity|minVersion|secureProtocol/),
    ).toEqual([]);
  });
});
