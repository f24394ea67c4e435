/** Every module of the product, and what derives from all of them together. */
import { BILLING } from './billing/module.ts';
import { CAD } from './cad/module.ts';
import { DOCUMENTS } from './documents/module.ts';
import { EPCR } from './epcr/module.ts';
import { IDENTITY } from './identity/module.ts';
import type { ActionType } from './kernel/action.ts';
import { KERNEL } from './kernel/kernel.ts';
import { type EntityType, effectsFrom, type FactType, type Module, type Newer } from './kernel/module.ts';
import { WEBHOOKS } from './webhooks/module.ts';

export const MODULES: readonly Module[] = [KERNEL, IDENTITY, CAD, EPCR, BILLING, DOCUMENTS, WEBHOOKS];

/** Folds with the rules of every module. */
export const effectsOf = effectsFrom(MODULES);

/** Every type of fact that this build knows, by `type@v`. */
export const FACT_TYPES: ReadonlyMap<string, FactType> = new Map(
  MODULES.flatMap((module) => module.facts.map((fact) => [`${fact.type}@${fact.v}`, fact] as const)),
);

/** `type@v` of all facts that this build reads: what a station announces when it opens a log. */
export const READS: readonly string[] = [...FACT_TYPES.keys()];

/** Those that came after the first wire, by `type@v`. */
export const NEWER: ReadonlyMap<string, Newer> = new Map(
  [...FACT_TYPES].flatMap(([name, { newer }]) => (newer === undefined ? [] : [[name, newer] as const])),
);

/** Kinds that are operations alone, as they are declared: nothing in them is about people, and no erasure reaches them. */
export const OPERATIONAL_KINDS: ReadonlySet<string> = new Set(
  MODULES.flatMap((module) =>
    module.entities
      .filter(({ classification, encrypt }) => classification === 'OPS' && encrypt.length === 0)
      .map(({ kind }) => kind),
  ),
);

/** Kinds of fact entities, and the kinds of records whose sites they are of. */
export const HOME_KINDS: ReadonlyMap<string, string> = new Map(
  MODULES.flatMap((module) =>
    module.entities.flatMap(({ kind, homeOf }) => (homeOf === undefined ? [] : [[kind, homeOf] as const])),
  ),
);

/** Reading and changing records are actions too, each kind its own. */
const implied = (module: Module, entity: EntityType, verb: 'read' | 'write'): ActionType => ({
  name: `${entity.kind}.${verb}`,
  module: module.name,
  title: `${verb === 'read' ? 'Read' : 'Change'}: ${entity.title}`,
  // The roster is what dispatching works with: no state of the organisation keeps it from being right.
  purpose: verb === 'write' && module.essential ? 'dispatch' : verb,
  may: entity[verb],
  own: entity.own,
  reach: entity.reach,
  stepUp: false,
});

const RECORD_ACTIONS: ReadonlyMap<string, { readonly read: ActionType; readonly write: ActionType }> = new Map(
  MODULES.flatMap((module) =>
    module.entities.map((entity) => [
      entity.kind,
      { read: implied(module, entity, 'read'), write: implied(module, entity, 'write') },
    ]),
  ),
);

/** The actions of reading and changing records of a kind; undefined for a kind that is not declared. */
export function recordActions(kind: string): { readonly read: ActionType; readonly write: ActionType } | undefined {
  return RECORD_ACTIONS.get(kind);
}
