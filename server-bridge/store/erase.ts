/** Erasure: the keys of an entity are destroyed, and with them everything here that they sealed. */
import type { EntityRef } from '../../domain/kernel/ids.ts';
import { idOf } from '../../domain/kernel/ids.ts';
import type { Core } from './core.ts';

export function erase(core: Core, ref: EntityRef): void {
  core.write('here', (tx) => {
    const { sql } = core.db;
    for (const { num } of sql('SELECT num FROM key WHERE entity = ?').all<{ num: number }>(ref)) {
      sql('UPDATE fact SET b = NULL WHERE k = ?').run(num);
      sql('UPDATE key SET envelope = NULL WHERE num = ?').run(num);
    }
    sql("DELETE FROM value WHERE space = 'draft' AND (instr(key, ?) > 0 OR instr(owner, ?) > 0)").run(
      idOf(ref),
      idOf(ref),
    );
    core.entities.drop(ref);
    core.keys.forget();
    tx.entities.add(ref);
  });
}
