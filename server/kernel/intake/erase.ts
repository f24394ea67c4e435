/** Erasure of an entity: its keys are destroyed, and a fact of the center tells every station to purge what they sealed. */

import type { Fact } from '#domain/kernel/fact.ts';
import { type Folded, foldOnto } from '#domain/kernel/fold.ts';
import { type EntityRef, kindOf } from '#domain/kernel/ids.ts';
import { ENTITY_ERASED, isErasure } from '#domain/kernel/kernel.ts';
import { effectsOf, MODULES } from '#domain/modules.ts';
import { openBody } from '#sealing/frame.ts';
import type { Signer } from '#sealing/signing.ts';
import { ownFrames, type World } from './own.ts';
import { centerLogOf } from './place.ts';
import type { AppendRow, IntakeTransaction } from './port.ts';

const PHI = new Map(
  MODULES.flatMap((module) => module.entities.map(({ kind, encrypt }) => [kind, new Set(encrypt)] as const)),
);

/** What may stay of a state: operations, by declaration. Nothing that the entity's key was there to protect. */
function withoutPhi(state: Folded): Folded {
  const phi = PHI.get(kindOf(state.ref));
  if (!phi) return { ...state, registers: {}, lists: {}, partly: true };
  const kept = <T>(of: { readonly [name: string]: T }): { [name: string]: T } =>
    Object.fromEntries(Object.entries(of).filter(([name]) => !phi.has(name)));
  return { ...state, registers: kept(state.registers), lists: kept(state.lists), partly: true };
}

/**
 * Destroys every key of an entity and appends `entity.erased` to the streams of the sites that have anything of it. What its keys
 * sealed can be read nowhere any more, in no backup either, for those hold no keys. What reports count (times, zone,
 * nature) stays. Throws where a legal hold stands in the way (SQLSTATE QD001). `shownBy`: a site that knows of it, whatever else
 * is known here.
 */
export async function eraseEntity(
  tx: IntakeTransaction,
  ref: EntityRef,
  reason: string,
  signer: Signer,
  world: World,
  shownBy?: string,
): Promise<void> {
  const [holders, guests] = await Promise.all([tx.sitesOf([ref]), tx.guestsOf([ref])]);
  // Whoever only spoke of it has what they said.
  const known = [...(holders.get(ref) ?? []), ...(guests.get(ref) ?? [])];
  const sites = shownBy === undefined || known.includes(shownBy) ? known : [...known, shownBy];
  let state = (await tx.folded([ref])).get(ref) ?? null;
  await tx.destroyKeys(ref, reason);
  const positions = new Map(await tx.positions(sites.map((site) => centerLogOf(tx.epoch, site))));
  const draft = { type: ENTITY_ERASED, v: 1, at: world.clock(), about: [ref], replaces: [], body: { reason } };
  const rows: AppendRow[] = [];
  for (const site of sites) {
    for (const { frame, header, hash } of ownFrames(
      [draft],
      { org: tx.org, site, epoch: tx.epoch },
      positions,
      signer,
      world,
    )) {
      const fact: Fact = { ...header, content: openBody(frame, header, null) };
      rows.push({ frame, fact, hash, sites: [site], unread: false });
      if (state && fact.about.includes(ref)) state = foldOnto(state, fact, effectsOf) ?? state;
    }
  }
  if (rows.length > 0) await tx.append(rows);
  await tx.putPositions([...positions.values()]);
  if (state) await tx.putFolded([withoutPhi(state)]);
}

/** What a site has of the center's words of erasures. */
interface ShownErasure {
  readonly about: readonly EntityRef[];
  /** Whose station shows it. */
  readonly site: string;
}

/**
 * Erases once more what a site's station shows the center's own words of, and the center has forgotten: it was put back from a backup
 * made before. Not where a legal hold stands by now: it is to be released first, and the incident erased anew.
 */
export async function eraseShown(
  tx: IntakeTransaction,
  words: readonly ShownErasure[],
  signer: Signer,
  world: World,
): Promise<void> {
  for (const { about, site } of words)
    for (const ref of about) {
      if ((await tx.factsAbout(ref)).some(isErasure) || (await tx.underHold(ref))) continue;
      await eraseEntity(tx, ref, 'the center had erased it before it was put back', signer, world, site);
    }
}
