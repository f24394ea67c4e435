/** The roster of a site set at the center: what a station asks as a request, a person of the center's own screens asks here. */
import { z } from 'zod';
import { SiteRecordsInSchema, SiteRecordsOutSchema } from '#domain/cad/api.ts';
import { recordActions } from '#domain/modules.ts';
import { Problem } from '../../kernel/http/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { scopeOf } from '../../kernel/http/scope.ts';
import type { IdentityTables } from '../../kernel/identity/tables.ts';
import type { CenterContext } from '../../kernel/part.ts';
import type { Decided } from '../requests/decisions.ts';
import { putRecords } from '../requests/records.ts';

type Ports = Pick<CenterContext, 'db' | 'log' | 'clock' | 'circumstancesOf'>;

/** A roster set up at once: 2,000 records with room. */
const LARGEST = 4 * 1_048_576;

export function siteRecordRoutes(ports: Ports): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/sites/{site}/records',
      title: 'Put records of a site’s roster: all of them, or none and why',
      access: 'user',
      action: 'by record',
      params: z.strictObject({ site: z.string().min(1).max(128) }),
      body: SiteRecordsInSchema,
      output: SiteRecordsOutSchema,
      bodyLimit: LARGEST,
      handler: async ({ caller, params, body, request, reason, permit }) => {
        const { site } = params;
        for (const kind of new Set(body.records.map((record) => record.kind))) {
          const actions = recordActions(kind);
          if (!actions)
            throw new Problem(422, 'kind.unknown', 'There is no kind of record of that name.', { field: 'kind' });
          permit(actions.write, { site });
        }
        const known = await ports.db.inOrg<IdentityTables, unknown>({ org: caller.org }, (trx) =>
          trx.selectFrom('kernel.site').select('site').where('site', '=', site).executeTakeFirst(),
        );
        if (!known) throw new Problem(404, 'site.unknown', 'This site is not known.', { field: 'site' });
        const person = {
          user: caller.user,
          roles: caller.roles,
          site: caller.site,
          agency: caller.agency,
          provenAt: caller.provenAt,
          secondFactor: caller.secondFactor,
        };
        const asking = { org: caller.org, site, station: null, session: caller.session, person, ended: null };
        const { org: _, ...scope } = scopeOf(caller, request, reason);
        const decided = await putRecords(ports, asking, body.records, scope);
        if (decided.state === 'refused') throw refusalOf(decided);
        return SiteRecordsOutSchema.parse(decided.result);
      },
    }),
  ];
}

function refusalOf({ decision }: Decided): Problem {
  const rule = decision.rules[0];
  const [, field] = rule?.rule === 'record.valid@1' ? rule.evidence : [];
  const callsign = rule?.rule === 'unit.callsign@1' ? 'callsign' : undefined;
  const named = field ?? callsign;
  return new Problem(422, 'record.refused', rule?.reason ?? 'The center refused it.', {
    decision,
    ...(named === undefined ? {} : { field: named }),
  });
}
