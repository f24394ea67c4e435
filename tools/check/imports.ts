import { cycles } from './cycles.ts';
import { readImports } from './import-graph.ts';
import { objection } from './import-rules.ts';
import { count, type Outcome } from './outcome.ts';
import { root } from './program.ts';

/** Import directions (import-rules.ts), imports that lead nowhere, and import cycles. */
export async function checkImports(): Promise<Outcome> {
  const { files, imports, broken } = readImports(root);
  const against = imports.flatMap((entry) => {
    const why = objection(entry);
    return why === undefined ? [] : [`${entry.from}: "${entry.specifier}": ${why}`];
  });
  const rings = cycles(imports).map((cycle) => `cycle: ${[...cycle, cycle[0]].join(' -> ')}`);
  const found = [...broken, ...against, ...rings];
  if (found.length === 0) return { ok: true, summary: `${count(files, 'file')}, one way, no cycles` };
  return { ok: false, summary: count(found.length, 'finding'), detail: found.join('\n') };
}
