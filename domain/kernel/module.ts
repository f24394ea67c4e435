/** The declaration of a module: said once here, everything else derives from it. */
import type { z } from 'zod';
import type { ActionType, Reach } from './action.ts';
import type { Fact } from './fact.ts';
import type { Effect } from './fold.ts';
import type { Json } from './json.ts';
import type { Role } from './permission.ts';

export type Classification =
  | 'PHI'
  | 'OPS'
  | 'BILLING_SENSITIVE'
  | 'AVIATION_SAFETY'
  | 'LEGAL'
  | 'TRAINING_ONLY'
  | 'NON_PHI';

/**
 * What is done with a type of fact that came after the first wire, while somebody at the site runs a build that does not
 * read it: it is held back, or what such a build leaves on the screen ("partly shown") is enough, for the reason given.
 */
export type Newer = 'held back' | { readonly partlyShownIsEnough: string };

export interface FactType {
  readonly type: string;
  readonly v: number;
  readonly title: string;
  readonly body: z.ZodType;
  /** Roles whose fact counts at once; anyone else's is kept and contested. */
  readonly may: readonly Role[];
  readonly classification: Classification;
  /** The kind of entity that such a fact makes: whose site makes it, holds it. */
  readonly opens?: string;
  /** Whether, about something of another site as well, it shows that site what its author's own site holds. */
  readonly shares?: (body: never) => boolean;
  /** Left out for what every build has always read. */
  readonly newer?: Newer;
  /** Pure and total for any body that the schema accepts. */
  readonly effects: (fact: Fact, body: never) => readonly Effect[];
}

export interface EntityType {
  readonly kind: string;
  readonly title: string;
  readonly source: 'facts' | 'record';
  /** PostgreSQL table, `schema.table`. */
  readonly table: string;
  /** Shape of a record's body, or of a fact entity's folded row. */
  readonly body: z.ZodType;
  readonly classification: Classification;
  /** Fields whose values are sealed under the entity's key at the center. */
  readonly encrypt: readonly string[];
  /** Whether versions of it travel on the stream to stations (records), or its facts do (facts). */
  readonly stationHeld: boolean;
  /** The kind of record, under the same id, whose site these are of, whoever speaks of one first (facts only). */
  readonly homeOf?: string;
  /** It is kept at least this long. What is sealed of incidents goes after as long as the organisation set, never sooner by itself. */
  readonly retentionDays: number;
  /** Who may read it, and who may create or change it (records only). */
  readonly read: readonly Role[];
  readonly write: readonly Role[];
  /** On whose records those roles read. `agency` where the record names the unit it is of. */
  readonly reach: Reach & ('site' | 'agency');
  /** Those of `read` and `write` for whom that ends at what is their own: rows whose `body.author` they are. */
  readonly own: readonly Role[];
}

export interface Module {
  readonly name: string;
  readonly title: string;
  readonly needs: readonly string[];
  /** Dispatching, and what every module stands on: never switched off. */
  readonly essential: boolean;
  readonly entities: readonly EntityType[];
  readonly facts: readonly FactType[];
  readonly actions: readonly ActionType[];
}

/** Declares a fact type with its body typed from its schema. */
export function factType<S extends z.ZodType>(declaration: {
  type: string;
  v: number;
  title: string;
  body: S;
  may: readonly Role[];
  classification: Classification;
  opens?: string;
  shares?: (body: z.infer<S>) => boolean;
  newer?: Newer;
  effects: (fact: Fact, body: z.infer<S>) => readonly Effect[];
}): FactType {
  return declaration as unknown as FactType;
}

/** The one `effectsOf` over all declared fact types; null for a type, version or body this build cannot read. */
export function effectsFrom(modules: readonly Module[]): (fact: Fact) => readonly Effect[] | null {
  const types = new Map<string, FactType>();
  for (const module of modules) for (const type of module.facts) types.set(`${type.type}@${type.v}`, type);
  return (fact) => {
    const type = types.get(`${fact.type}@${fact.v}`);
    if (!type) return null;
    const body = type.body.safeParse(fact.content as Json);
    return body.success ? type.effects(fact, body.data as never) : null;
  };
}
