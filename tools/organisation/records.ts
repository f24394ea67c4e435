/** Taking the records of an organisation out of its center: rows and facts as lines of JSON, documents as they are. */
import { createReadStream, existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Operator, Refused } from '../center-api/operator.ts';
import { openRecordsFolder, placeIn, type RecordsFolder } from './folder.ts';

const BeganSchema = z.object({
  kinds: z.array(z.object({ kind: z.string().regex(/^\w+$/), rows: z.number() })),
  facts: z.number(),
});
const PageSchema = z.object({
  items: z.array(z.record(z.string(), z.json())),
  unopened: z.array(z.string()).default([]),
  next: z.string().nullable(),
});
const ReportSchema = z.object({ id: z.string(), archived: z.boolean().default(false) });

/** The kind whose rows name documents. */
const REPORTS = 'report';
/** How often it is said how far it is. ms */
const SAY_EVERY = 2_000;

export interface TakenOut {
  /** All there was is there, open. */
  readonly whole: boolean;
  readonly text: string;
}

interface Taking {
  readonly operator: Operator;
  readonly org: string;
  readonly reason: string;
  readonly folder: RecordsFolder;
  readonly say: (text: string) => void;
}

/** `say`: hears how far it is. Rejects with {@link Refused}; what is in the folder by then is gone on with next time. */
export async function takeRecordsOut(
  operator: Operator,
  asked: { readonly org: string; readonly center: string; readonly to: string; readonly reason: string },
  say: (text: string) => void,
): Promise<TakenOut> {
  const { org, reason } = asked;
  const folder = await openRecordsFolder(asked.to, org, asked.center, Date.now());
  const began = await operator.ask(`/${encodeURIComponent(org)}/records`, BeganSchema, { body: {}, reason });
  await folder.make();
  const taking: Taking = { operator, org, reason, folder, say };
  try {
    for (const { kind, rows } of began.kinds) await takeLines(taking, kind, `records/${kind}`, rows);
    await takeLines(taking, 'facts', 'facts', began.facts);
    await takeDocuments(taking);
    await folder.seal(Date.now());
  } catch (error) {
    say(`Broken off. What was taken out is in ${asked.to}, and the same command goes on there.`);
    throw error;
  }
  return saidOf(folder, asked.to);
}

async function takeLines({ operator, org, reason, folder, say }: Taking, name: string, path: string, of: number) {
  const file = `${name}.ndjson`;
  const { records } = folder;
  const told = every(SAY_EVERY, say);
  while (!placeIn(records, file).ended) {
    const { next } = placeIn(records, file);
    const after = next === null ? '' : `?after=${encodeURIComponent(next)}`;
    const page = await operator.ask(`/${encodeURIComponent(org)}/${path}${after}`, PageSchema, { reason });
    records.unopened.push(...page.unopened.map((id) => `${name}:${id}`));
    const lines = page.items.map((item) => `${JSON.stringify(item)}\n`).join('');
    await folder.append(file, lines, { next: page.next, ended: page.next === null }, page.items.length);
    told(`${name}: ${placeIn(records, file).rows} of ${of}`);
  }
  say(`${name}: ${placeIn(records, file).rows}`);
}

/** Those that the reports name; one that is there already is not asked for again. */
async function takeDocuments({ operator, org, reason, folder, say }: Taking): Promise<void> {
  const { unopened, documents } = folder.records;
  const { erased, damaged } = documents;
  const known = new Set([...erased, ...damaged, ...unopened.map((ref) => ref.replace(/^document:/, ''))]);
  const told = every(SAY_EVERY, say);
  let taken = 0;
  const lines = createInterface({ input: createReadStream(folder.path(`${REPORTS}.ndjson`)) });
  for await (const line of lines) {
    const { id, archived } = ReportSchema.parse(JSON.parse(line));
    const file = folder.path('documents', `${encodeURIComponent(id)}.pdf`);
    if (archived || known.has(id)) continue;
    if (!existsSync(file)) {
      const bytes = await document(operator, `/${encodeURIComponent(org)}/documents/${encodeURIComponent(id)}`, reason);
      if (typeof bytes === 'string') {
        if (bytes === 'unopened') unopened.push(`document:${id}`);
        else if (bytes !== 'gone') (bytes === 'erased' ? erased : damaged).push(id);
        await folder.save();
        continue;
      }
      await writeFile(`${file}.new`, bytes, { mode: 0o600, flush: true });
      await rename(`${file}.new`, file);
    }
    taken++;
    told(`documents: ${taken}`);
  }
  say(`documents: ${taken}`);
}

async function document(
  { bytes }: Operator,
  path: string,
  reason: string,
): Promise<Uint8Array | 'erased' | 'damaged' | 'unopened' | 'gone'> {
  try {
    return await bytes(path, { reason });
  } catch (error) {
    const code = error instanceof Refused ? error.code : null;
    if (code === 'document.erased') return 'erased';
    if (code === 'document.damaged') return 'damaged';
    if (code === 'document.unopened') return 'unopened';
    // Put away since its row was read.
    if (code === 'document.unknown') return 'gone';
    throw error;
  }
}

function saidOf({ records }: RecordsFolder, to: string): TakenOut {
  const { unopened, documents } = records;
  const lines = Object.entries(records.files).map(([file, { rows, sha256 }]) => `${file}  ${rows}  sha256 ${sha256}`);
  const whole = unopened.length === 0 && documents.damaged.length === 0;
  if (documents.erased.length > 0)
    lines.push(`${documents.erased.length} documents were erased, with what they are about.`);
  if (documents.damaged.length > 0)
    lines.push(
      `${documents.damaged.length} documents are not as they were stored, and are left out: restore them from a backup.`,
    );
  if (unopened.length > 0)
    lines.push(
      `${unopened.length} rows could not be opened: the key that they were sealed under is not at this center.`,
    );
  lines.push(
    `The records are in ${to}${whole ? '' : ', but for these'}; records.json there names them. They are in clear.`,
  );
  return { whole, text: lines.join('\n') };
}

/** `say` at most once in so many ms. */
function every(ms: number, say: (text: string) => void): (text: string) => void {
  let last = Date.now();
  return (text) => {
    if (Date.now() - last < ms) return;
    last = Date.now();
    say(text);
  };
}
