/** The page of practices and the product's sources, read to be held against each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export const readPage = (file: string): string => readFileSync(join(root, file), 'utf8');

/** A part of a page, by its title. */
export function partOf(text: string, title: string): string {
  const part = text.split(/^## /m).find((one) => one.startsWith(`${title}\n`));
  if (part === undefined) throw new Error(`there is no part ${title}`);
  return part;
}

/** Rows of a part's first table, cell by cell. */
export const rowsOf = (text: string, title: string): readonly (readonly string[])[] =>
  partOf(text, title)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );

export const codesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** The first number of a cell. */
export const number = (text = ''): number => Number(/[\d,.]+/.exec(text)?.[0].replaceAll(',', ''));

/** Every number of a cell. */
export const numbers = (text = ''): readonly number[] =>
  [...text.matchAll(/\d[\d,]*/g)].map(([one]) => Number(one.replaceAll(',', '')));

export interface Source {
  readonly file: string;
  readonly text: string;
}

/** The product's files below a folder, without their comments. */
export function sources(folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'testing' || entry.name === 'demo' ? [] : sources(file);
    if (!/\.tsx?$/.test(entry.name) || /\.test\.tsx?$/.test(entry.name)) return [];
    return [{ file, text: readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '') }];
  });
}

export const found = (of: readonly Source[], what: RegExp): readonly string[] => [
  ...new Set(of.flatMap(({ text }) => [...text.matchAll(what)].map(([, one = '']) => one))),
];

/** A number that a file declares: digits, or digits multiplied with each other and with hours of milliseconds. */
export function constant(of: readonly Source[], file: string, name: string): number {
  const source = of.find((one) => one.file === file)?.text ?? '';
  const value = new RegExp(`\\b${name}(?: =|:) ([^;,]+)[;,]`).exec(source)?.[1] ?? '';
  return value.split('*').reduce((product, factor) => {
    const units: { readonly [unit: string]: number } = { HOUR_MS: 1, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 };
    return product * (units[factor.trim()] ?? number(factor.replaceAll('_', '')));
  }, 1);
}
