/** Whose a chart is: claimed by one of the crew that ran the call, given to another or released by whoever leads them. */
import type { z } from 'zod';
import { type ChartShell, ChartShellSchema } from '#domain/cad/handoff.ts';
import type { ChartAuthorOutSchema } from '#domain/epcr/api.ts';
import { type AuthorChangeKind, objectionTo } from '#domain/epcr/author.ts';
import { entityRef } from '#domain/kernel/ids.ts';
import { allowed, CREW, type Role } from '#domain/kernel/permission.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import type { Scope } from '../../kernel/db/database.ts';
import type { Asking } from '../../kernel/db/flight.ts';
import { mustStandBeside } from '../../kernel/identity/must-stand.ts';
import type { CenterContext } from '../../kernel/part.ts';

type ChartAuthor = z.infer<typeof ChartAuthorOutSchema>;

/** A chart, and what says in whose reach it is. */
interface ChartHeld {
  readonly site: string;
  readonly version: number;
  readonly chart: ChartShell;
  /** The agency of the unit that ran the call. */
  readonly agency: string | null;
}

export interface AuthorChange {
  readonly chart: string;
  /** Throws where whoever asks may not do this to a chart of that site and agency. */
  readonly mustBeAllowed: (of: { readonly site: string; readonly agency: string | null }) => void;
  /** Whose it is to be; null for nobody's. */
  readonly author: string | null;
  readonly as: AuthorChangeKind;
}

/** Refuses with `chart.unknown`, `chart.signed`, `chart.claimed`, `person.unknown`, `person.not_crew`. */
export function changeAuthor(
  { log }: Pick<CenterContext, 'log'>,
  scope: Scope,
  change: AuthorChange,
): Promise<Outcome<ChartAuthor>> {
  const { chart: id, author } = change;
  const { org, ...acting } = scope;
  return log.intakeBeside<Outcome<ChartAuthor>>(
    org,
    async (tx, client) => {
      await mustStandBeside(client, scope);
      const held = await chartOf(client, id);
      if (!held) return refused('chart.unknown', 'There is no chart under this id.', 'chart');
      change.mustBeAllowed(held);
      if (held.chart.author === author) return done({ chart: id, author, version: held.version });
      const refusal = objectionTo(held.chart, change.as);
      if (refusal) return { ok: false, refusal };
      const objection = await objectionToAuthor(client, held, change);
      if (objection) return objection;
      const body: ChartShell = { ...held.chart, author };
      const record: RecordVersion = { kind: 'chart', id, version: held.version + 1, body };
      await tx.putRecord(held.site, record);
      const incident = entityRef('incident', body.incident);
      for (const site of (await tx.sitesOf([incident])).get(incident) ?? []) {
        if (site !== held.site) await tx.showRecord(site, record);
      }
      return done({ chart: id, author, version: record.version });
    },
    acting,
  );
}

async function chartOf(client: Asking, id: string): Promise<ChartHeld | null> {
  const { rows } = await client.query<Omit<ChartHeld, 'chart'> & { readonly body: unknown }>({
    name: 'chart.author',
    text: `select c.site, c.version, c.body, u.body ->> 'agency' as agency from epcr.chart c
      left join cad.roster_unit u on u.org = c.org and u.id = c.body ->> 'unit'
      where c.id = $1 and not c.archived`,
    values: [id],
  });
  const row = rows[0];
  if (!row) return null;
  return { site: row.site, version: row.version, agency: row.agency, chart: ChartShellSchema.parse(row.body) };
}

async function objectionToAuthor(
  client: Asking,
  { site, agency }: ChartHeld,
  { author, as }: AuthorChange,
): Promise<Outcome<never> | null> {
  // Who claims was asked for their right to it already.
  if (author === null || as === 'claim') return null;
  const { rows } = await client.query<{ roles: Role[]; site: string | null; agency: string | null }>({
    name: 'chart.person',
    text: 'select roles, site, agency from identity.person where id = $1 and active',
    values: [author],
  });
  const person = rows[0];
  if (!person) return refused('person.unknown', 'This person is not known, or is not active.', 'author');
  const inReach = (person.site ?? site) === site && (person.agency ?? agency) === agency;
  return allowed(person.roles, CREW) && inReach
    ? null
    : refused('person.not_crew', 'Give it to one of the crew: a provider of the unit’s agency and site.', 'author');
}
