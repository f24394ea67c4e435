/** Pages for people name what is there: files and parts of other pages, routes, commands with their flags, settings. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../commands.mjs';
import { codesIn, readPage, sources } from '../testing/written.ts';
import { root } from './program.ts';

const NOT_OURS = ['**/node_modules/**', 'dist/**', '**/.*/**'];
const filesOf = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: root, exclude: NOT_OURS }).map((file) => file.replaceAll('\\', '/'));
const isThere = (file: string): boolean => existsSync(posix.join(root, file));

const PAGES = filesOf('**/*.md').map((file) => ({ file, text: readPage(file) }));
const SOURCES = filesOf('**/*.{ts,tsx,mjs}').filter((file) => !/\.test\.tsx?$/.test(file));
const HOUSES = [...new Set(SOURCES.flatMap((file) => (file.includes('/') ? [file.slice(0, file.indexOf('/'))] : [])))];

/** What stands for a name that somebody chooses: `NAME`, `{person}`. */
const CHOSEN = /^[A-Z]{2,}$|^\{\w+\}$/;

const linesOf = (text: string): readonly string[] =>
  [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, lines = '']) => lines.split('\n'));
/** What is set as code: within a line, and the lines of a block. */
const codeOf = (text: string): readonly string[] => [
  ...codesIn(text.replace(/^```[\s\S]*?^```/gm, '')),
  ...linesOf(text).map((line) => line.replace(/\s+#.*$/, '')),
];

/** A heading as a link names it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
const anchorsOf = (page: string): readonly string[] =>
  [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

it.each(PAGES)('$file leads to files and parts of pages that are there', ({ file, text }) => {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to).filter((to) => !/^\w+:/.test(to));
  const lost = links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const to = path === '' ? file : posix.join(posix.dirname(file), path);
    return !isThere(to) || (anchor !== undefined && !anchorsOf(to).includes(anchor));
  });
  expect(lost).toEqual([]);
});

it.each(PAGES)('$file names files and folders that are there', ({ file, text }) => {
  const names = codeOf(text)
    .flatMap((code) => code.split(/[\s,;()"'<>]+/))
    .map((word) => word.replace(/[.:]+$/, ''))
    .filter((word) => HOUSES.some((house) => word.startsWith(`${house}/`)) || /^[\w./-]+\.(?:tsx?|mjs|sql)$/.test(word))
    .filter((word) => !word.split(/[./]/).some((part) => CHOSEN.test(part)));
  const lost = names.filter(
    (name) =>
      !isThere(name) &&
      !isThere(posix.join(posix.dirname(file), name)) &&
      !(name.includes('/') ? filesOf(name) : SOURCES.filter((one) => one.endsWith(`/${name}`))).length,
  );
  expect(lost).toEqual([]);
});

it('sources name files that are there, in what they say and in what is said of them', () => {
  const path = new RegExp(`(?<![\\w./-])(?:docs|${HOUSES.join('|')})/[\\w./-]+\\.(?:tsx?|mjs|sql|md|csv)\\b`, 'g');
  const lost = SOURCES.flatMap((file) =>
    [...readFileSync(posix.join(root, file), 'utf8').matchAll(path)].flatMap(([name]) =>
      isThere(name) ? [] : [`${file}: ${name}`],
    ),
  );
  expect(lost).toEqual([]);
});

it('pages name routes that the center has', () => {
  const routes = [...readPage('tests/access/matrix.csv').matchAll(/\b(?:GET|POST|PUT|PATCH|DELETE) \/[^\s,"#]*/g)].map(
    ([route]) => new RegExp(`^${route.replace(/[.?+]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`),
  );
  expect(routes.length).toBeGreaterThan(100);
  const named = PAGES.flatMap(({ file, text }) =>
    codeOf(text).flatMap((code) =>
      [...code.matchAll(/\b(?:GET|POST|PUT|PATCH|DELETE) \/[^\s?,;"']*/g)].map(([route]) => ({ file, route })),
    ),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ route }) => !routes.some((one) => one.test(route)))).toEqual([]);
});

/** Of Node, PostgreSQL's dump, and Chromium. */
const OF_OTHERS = [...process.allowedNodeEnvironmentFlags, '--enable-row-security', '--remote-debugging-port'];

it('pages name commands that there are, with flags that they take', () => {
  const texts = new Map<string, string>();
  /** All that a command is, as far as it says what it takes. */
  const textOf = (name: string): string => {
    const folder = posix.dirname(commands[name]?.file ?? '');
    const text =
      texts.get(folder) ??
      sources(folder)
        .map((source) => source.text)
        .join('\n');
    texts.set(folder, text);
    return text;
  };
  const lost = PAGES.flatMap(({ file, text }) =>
    codeOf(text).flatMap((code) =>
      [...code.matchAll(/\bnpm (?:run ([\w:]+)|(start|test))\b([^|&]*)/g)].flatMap(([said, ran, own, rest = '']) => {
        const name = ran ?? own ?? '';
        if (CHOSEN.test(name)) return [];
        if (!(name in commands)) return [`${file}: ${said}`];
        const flags = [...rest.matchAll(/--[a-z][\w-]*/g)].map(([flag]) => flag);
        return flags
          .filter((flag) => flag !== '--help' && !textOf(name).includes(flag))
          .map((flag) => `${file}: ${flag} of ${name}`);
      }),
    ),
  );
  expect(lost).toEqual([]);
  const all = Object.keys(commands).map(textOf).join('\n');
  const flags = PAGES.flatMap(({ file, text }) =>
    codeOf(text).flatMap((code) => [...code.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([flag]) => ({ file, flag }))),
  );
  expect(flags.length).toBeGreaterThan(100);
  const taken = (flag: string): boolean =>
    flag === '--help' || all.includes(flag) || OF_OTHERS.some((known) => known.startsWith(flag));
  expect(flags.filter(({ flag }) => !taken(flag))).toEqual([]);
});

/** Settings of Node, npm and electron-builder. */
const SETTINGS_OF_OTHERS = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'CSC_LINK', 'CSC_KEY_PASSWORD'];

it('pages name settings that something reads', () => {
  const read = HOUSES.flatMap((house) => sources(house))
    .map(({ text }) => text)
    .join('\n');
  const named = PAGES.flatMap(({ file, text }) =>
    codeOf(text).flatMap((code) =>
      [...code.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([setting]) => ({ file, setting })),
    ),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ setting }) => !SETTINGS_OF_OTHERS.includes(setting) && !read.includes(setting))).toEqual([]);
});
