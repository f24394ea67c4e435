/** What is said of each requirement of ASVS 5.0, and the tests that carry its id. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

const VerdictSchema = z.strictObject({
  id: z.string().regex(/^V\d+\.\d+\.\d+$/),
  verdict: z.enum(['met', 'not applicable', 'open']),
  /** For `not applicable` and `open`: because of what. */
  because: z.string(),
});
export type Verdict = z.infer<typeof VerdictSchema>;

const RequirementsSchema = z.object({
  requirements: z.array(
    z.object({
      req_id: z.string(),
      section_id: z.string(),
      section_name: z.string(),
      chapter_name: z.string(),
      L: z.string(),
    }),
  ),
});
export type Requirement = z.infer<typeof RequirementsSchema>['requirements'][number];

/** A test that carries ids in its name. */
export interface Evidence {
  readonly file: string;
  readonly name: string;
  readonly ids: readonly string[];
}

/** Reads the reviewed verdicts. Throws where a line is not one, naming it. */
export function readVerdicts(file: string): readonly Verdict[] {
  const rows: unknown[] = parse(readFileSync(file, 'utf8'), {
    columns: true,
    trim: true,
    comment: '#',
    relax_quotes: true,
  });
  return rows.map((row, i) => {
    const verdict = VerdictSchema.safeParse(row);
    if (!verdict.success) throw new Error(`${file}, row ${i + 1}: ${verdict.error.issues[0]?.message ?? 'unreadable'}`);
    if (verdict.data.verdict !== 'met' && verdict.data.because === '') {
      throw new Error(`${file}, ${verdict.data.id}: say because of what.`);
    }
    return verdict.data;
  });
}

/** The requirements as OWASP publishes them (asvs-5.0.0.flat.json). Throws, in one sentence, where the file is not that. */
export function readRequirements(file: string): readonly Requirement[] {
  const text = readFileSync(file, 'utf8');
  try {
    return RequirementsSchema.parse(JSON.parse(text)).requirements;
  } catch {
    throw new Error(`${file} does not hold the requirements of ASVS 5.0 as OWASP publishes them, flat.`);
  }
}

const NAMED = /\b(?:it|test)(?:\.each\([^)]*\))?\(\s*(['"`])((?:(?!\1).)*\(ASVS [^)]*\)(?:(?!\1).)*)\1/gs;

/** Every test whose name says `(ASVS 6.3.1, 6.3.2)`, from the test files below `root`. */
export function evidenceBelow(root: string): readonly Evidence[] {
  return testFiles(root, '').flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(NAMED)].map(([, , name = '']) => ({
      file,
      name: name.replace(/ ?\(ASVS [^)]*\)/, ''),
      ids: [...(/\(ASVS ([^)]*)\)/.exec(name)?.[1] ?? '').matchAll(/\d+\.\d+\.\d+/g)].map(([id]) => `V${id}`),
    })),
  );
}

const PASSED_OVER: ReadonlySet<string> = new Set(['node_modules', 'dist', '.git', '.data']);

function testFiles(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return PASSED_OVER.has(entry.name) ? [] : testFiles(root, path);
    return /\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** What of the verdicts does not stand: an id without a verdict, a verdict without its test, a test of what is not met. */
export function objections(
  requirements: readonly Requirement[],
  verdicts: readonly Verdict[],
  evidence: readonly Evidence[],
): readonly string[] {
  const said = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
  const shown = new Set(evidence.flatMap(({ ids }) => ids));
  const known = new Set(requirements.map(({ req_id }) => req_id));
  return [
    ...requirements.filter(({ req_id }) => !said.has(req_id)).map(({ req_id }) => `${req_id} has no verdict`),
    ...verdicts.filter(({ id }) => !known.has(id)).map(({ id }) => `${id} is no requirement`),
    ...verdicts
      .filter(({ id }, i) => verdicts.findIndex((other) => other.id === id) !== i)
      .map(({ id }) => `${id} is said twice`),
    ...verdicts
      .filter(({ id, verdict }) => verdict === 'met' && !shown.has(id))
      .map(({ id }) => `${id} is said to be met, and no test carries it`),
    ...[...shown]
      .filter((id) => said.get(id)?.verdict !== 'met')
      .map((id) => `${id} is carried by a test, and not said to be met`),
  ];
}
