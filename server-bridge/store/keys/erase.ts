/** Erasure: the keys of an entity are destroyed, and with them everything here that they sealed. */
import { readPlace } from '../../../domain/kernel/fact.ts';
import { type EntityRef, idOf } from '../../../domain/kernel/ids.ts';
import type { Core, Tx } from '../core.ts';

export function erase(core: Core, ref: EntityRef): void {
  core.write('here', (tx) => eraseEntity(core, tx, ref));
  // Pages that are gone from the tables are still in the log of writes until it is copied back.
  core.db.copyBack(true);
}

/** Destroys the keys of an entity, and with them every body under these, its state, and what was typed or kept of it. */
export function eraseEntity(core: Core, tx: Tx, ref: EntityRef): void {
  const keys = new Set(core.keys.ofEntity(ref));
  const sealed = core.entities.positionsOf(ref).filter((pos) => keys.has(core.facts.keyAt(pos) ?? -1));
  // Others keep what these facts said of them: their state stands for bodies that nobody can open any more.
  const others = new Set(sealed.flatMap((pos) => core.facts.at(pos)?.about ?? []));
  others.delete(ref);
  for (const other of others) {
    const state = core.entities.get(other);
    if (state) core.entities.rebase(state, () => true);
  }
  for (const pos of sealed) core.facts.eraseBody(pos);
  core.keys.destroy(ref);
  if (core.pending.unders().has(ref))
    for (const { h } of core.pending.unnamedUnder(ref)) {
      const place = readPlace(h);
      if (place) core.pending.dropUnnamed(place.log, place.seq);
    }
  const id = idOf(ref);
  core.db.sql("DELETE FROM value WHERE space = 'draft' AND (instr(key, ?) > 0 OR instr(owner, ?) > 0)").run(id, id);
  // A document is kept under the id of the record that names what it is about.
  core.db
    .sql("DELETE FROM value WHERE space = 'document' AND key IN (SELECT id FROM record WHERE instr(body, ?) > 0)")
    .run(id);
  core.entities.erase(ref);
  tx.entities.add(ref);
}
