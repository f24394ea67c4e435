/** What the product never does in its own code, wherever it would be written. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readImports } from './import-graph.ts';

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
/** Parts of addresses that are one of a few words of the code's own. */
const CHOSEN: ReadonlySet<string> = new Set(['what']);
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

  it('hears no message of another window: a bridge is a socket of its own host, or a port that the shell hands over (ASVS 3.5.5)', () => {
    expect(
      inAll(
        /addEventListener\(\s*['"`]message|\b(?:window|self|globalThis|document)\.onmessage\b|new BroadcastChannel/,
      ),
    ).toEqual([]);
    // Those that take messages at all, and from whom: the host's socket; a port of the shell's own process.
    expect(inAll(/\.onmessage\s*=/)).toEqual(['renderer/app/connection/web-socket-port.ts', 'preload/index.ts']);
    const preload = ALL.find(({ file }) => file === 'preload/index.ts')?.text ?? '';
    expect(preload).toContain("ipcRenderer.on('station'");
    expect(preload).toContain('event.ports');
  });

  it('starts processes by lists of arguments, only to find and start PostgreSQL, and no shell (ASVS 1.2.5)', () => {
    const starting = inAll(/from 'node:child_process'/);
    expect(starting).toEqual(['server/kernel/db/postgres-binaries.ts', 'server/kernel/db/postmaster.ts']);
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
      inAll(/rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity|maxVersion|secureProtocol/),
    ).toEqual([]);
    expect(inAll(/minVersion/)).toEqual(['server/kernel/http/tls.ts']);
  });

  it('puts what it does not know into an address encoded, and goes to no address but its own (ASVS 1.2.2)', () => {
    // Of each part of an address that is put in: encoded, or from URLSearchParams, which encodes.
    const encoded = /^(encodeURIComponent\(.*\)|\w+(\(\w+\))?\.toString\(\))$/;
    const addresses = ALL.flatMap(({ file, text }) =>
      [...text.matchAll(/`([^`\n]*(?:\/v1\/|(?:^|\/)#\/|\/messages\/)[^`\n]*)`/g)].map(([, one = '']) => ({
        file,
        one,
      })),
    );
    expect(addresses.length).toBeGreaterThan(20);
    const bare = addresses.flatMap(({ file, one }) => {
      const path = one.slice(one.search(/\/v1\/|#\/|\/messages\//));
      const parts = [...path.matchAll(/\$\{((?:[^{}]|\{[^}]*\})*)\}/g)].map(([, part = '']) => part);
      return parts.filter((part) => !encoded.test(part) && !CHOSEN.has(part)).map((part) => `${file}: ${part}`);
    });
    expect(bare).toEqual([]);
    expect(inAll(/javascript:|\bsrc=\{(?!address|url)|location\.(href|replace)\s*[=(]/)).toEqual([]);
    const going = ALL.flatMap(({ text }) => [...text.matchAll(/location\.assign\((.{8})|window\.open\((.{8})/g)]);
    const to = going.map(([, assigned, opened]) => assigned ?? opened);
    expect(to.sort()).toEqual(['`${locat', '`/v1/sso', '`/v1/sso', 'location']);
    // Files that are saved are blobs of the page's own.
    const saved = ALL.filter(({ text }) => /\.href = (address|url);/.test(text));
    expect(saved.filter(({ text }) => !/URL\.createObjectURL\(/.test(text))).toEqual([]);
  });

  it('keeps nothing on the document or the window, and looks nothing up there by a name (ASVS 3.2.3)', () => {
    const kept = ALL.flatMap(({ text }) =>
      [...text.matchAll(/\b(?:window|document|globalThis|self)\.([\w.]+)\s*=(?!=|>)/g)].map(([, name]) => name),
    );
    expect(kept.filter((name) => name !== 'title' && !name?.startsWith('location.'))).toEqual([]);
    expect(inAll(/\b(?:window|document|globalThis|self)\[|document\.(forms|all|images|anchors|embeds)\b/)).toEqual([]);
    const looking = ALL.flatMap(({ text }) => [...text.matchAll(/getElementById\(([^)]*)\)/g)].map(([, of]) => of));
    // By names of its own: a word, or one that React made and no content can have.
    const own = /^'[\w-]+'$|^`\$\{id\}-\$\{field\}`$|^here$/;
    expect(looking.length).toBeGreaterThan(2);
    expect(looking.filter((of) => !own.test(of ?? ''))).toEqual([]);
    // Modules are strict: what is not declared cannot be written.
    expect(
      ALL.filter(({ file, text }) => !file.endsWith('.d.ts') && !/^(import|export)\b/m.test(text)).map(
        ({ file }) => file,
      ),
    ).toEqual([]);
  });

  it('shares no memory between threads: what they tell each other is copied or handed over (ASVS 15.4.1)', () => {
    expect(inAll(/SharedArrayBuffer|\bAtomics\b|workerData|setEnvironmentData|BroadcastChannel/)).toEqual([]);
    const threads = ALL.filter(({ text }) => /from 'node:worker_threads'/.test(text));
    expect(threads.length).toBeGreaterThan(2);
    expect(threads.filter(({ text }) => !/postMessage\(|parentPort/.test(text))).toEqual([]);
  });

  it('reaches nothing of tests, tools or measurements from where a process of it begins (ASVS 15.2.3)', () => {
    const { imports } = readImports(root);
    const from = Map.groupBy(imports, (one) => one.from);
    const reached = new Set<string>();
    const waiting = ['server/main.ts', 'server-bridge/main.mjs', 'electron/main.ts', 'preload/index.ts'];
    waiting.push('renderer/main.tsx', 'renderer/center/main.tsx');
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      for (const { to, typeOnly } of from.get(file) ?? []) if ('file' in to && !typeOnly) waiting.push(to.file);
    }
    expect(reached.size).toBeGreaterThan(400);
    const foreign = /\.test\.|\/testing\/|^(tests|tools|bench)\//;
    expect([...reached].filter((file) => foreign.test(file))).toEqual([]);
  });
});
