/** The doors of the audit: searching it, and taking it out. */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { AuditFilterSchema, AuditPageSchema, AuditSearchSchema, RetentionSchema } from '#domain/identity/api/audit.ts';
import { Problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { CenterContext } from '../part.ts';
import { exportAudit } from './export.ts';
import { keepFor, retentionOf } from './retention.ts';
import { searchAudit } from './search.ts';

/** An export reads all there is. */
const EXPORTS_PER_MINUTE = 6;

export function auditRoutes({ db, keys, clock }: Pick<CenterContext, 'db' | 'keys' | 'clock'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/audit/entries',
      title: 'Entries of the audit, newest first; that it was looked into is noted in it',
      access: 'user',
      action: IDENTITY_ACTIONS['audit.read'],
      query: AuditSearchSchema,
      output: AuditPageSchema,
      handler: async ({ caller, query, request, reason }) => {
        const { limit, after, ...filter } = query;
        return db.inOrgClient(scopeOf(caller, request, reason), async (client) => {
          const page = await searchAudit(client, caller.org, filter, { limit, after });
          await client.query('select audit.note_act($1, $2, $3, $4)', [
            'read',
            'audit.entry',
            null,
            JSON.stringify({ filter, entries: page.items.length }),
          ]);
          return page;
        });
      },
    }),
    route({
      method: 'GET',
      path: '/v1/audit/retention',
      title: 'For how many years the audit is kept',
      access: 'user',
      action: IDENTITY_ACTIONS['audit.read'],
      output: RetentionSchema,
      handler: async ({ caller }) => ({ years: await retentionOf(db, caller.org) }),
    }),
    route({
      method: 'PUT',
      path: '/v1/audit/retention',
      title: 'Keep the audit for longer; it is never kept for less',
      access: 'user',
      action: IDENTITY_ACTIONS['audit.retention'],
      body: RetentionSchema,
      output: RetentionSchema,
      handler: async ({ caller, body: { years }, request, reason }) => {
        const now = await retentionOf(db, caller.org);
        if (years < now) {
          throw new Problem(409, 'retention.less', `The audit is kept for ${now} years; that is only ever raised.`, {
            field: 'years',
          });
        }
        await keepFor(db, scopeOf(caller, request, reason), years);
        return { years: await retentionOf(db, caller.org) };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/audit/export',
      title: 'Entries of the audit with the seals over them, as NDJSON that can be verified without the center',
      access: 'user',
      action: IDENTITY_ACTIONS['audit.export'],
      perMinute: EXPORTS_PER_MINUTE,
      query: AuditFilterSchema,
      output: z.custom<Readable>(),
      media: 'application/x-ndjson',
      handler: async ({ caller, query: filter, request, reason }) => {
        const scope = scopeOf(caller, request, reason);
        const { org, user: by, session } = caller;
        await db.inOrgClient(scope, (client) =>
          client.query('select audit.note_act($1, $2, $3, $4)', [
            'read',
            'audit.entry',
            null,
            JSON.stringify({ act: 'export', filter }),
          ]),
        );
        const { signer } = await keys.centerKeys(org);
        return exportAudit(db, scope, signer, { org, by, session, request, reason, at: clock(), filter });
      },
    }),
  ];
}
