/** Whether what the center keeps is what was written: the audit chain against its seals, the rows against the facts. */
import { z } from 'zod';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { AuditVerificationSchema, VerificationQuerySchema } from '#domain/identity/api/audit.ts';
import type { Checkpoints } from '../audit/checkpoints.ts';
import type { SealMemory } from '../audit/sealer.ts';
import { verifyAudit } from '../audit/verify.ts';
import type { Database, Scope } from '../db/database.ts';
import { Problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { KeyTools } from '../intake/pg/step-keys.ts';
import type { KeyRing } from '../keys/ring.ts';
import { verifyRows } from './rows.ts';

/** Each reads all there is. */
const PER_MINUTE = 30;

const OfOrg = z.strictObject({ org: z.string().min(1).max(64) });
const VerifiedRowsSchema = z.strictObject({ entities: z.int(), different: z.array(z.string()) });

export interface VerificationPorts extends KeyTools {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly seals: SealMemory;
  readonly checkpoints: Checkpoints;
}

export function verificationRoutes({ db, keys, random, seals, checkpoints }: VerificationPorts): readonly Route[] {
  const audit = async (scope: Scope, from: number): Promise<z.input<typeof AuditVerificationSchema>> => {
    const { org } = scope;
    const { publicKeys } = await keys.centerKeys(org);
    const against = { publicKeys, checkpoints: checkpoints.of(org), remembered: seals.get(org) };
    const said = await verifyAudit(db, scope, against, from);
    await db.inOrgClient(scope, (client) =>
      client.query('select audit.note_act($1, $2, $3, $4)', [
        'act',
        'audit.seal',
        null,
        JSON.stringify({ act: 'verified', from, sealed: said.sealed, brokenAt: said.brokenAt }),
      ]),
    );
    return { ...said, breaks: said.breaks.map(({ ids, ...one }) => ({ ...one, ids: ids && [...ids] })) };
  };
  const rows = async (scope: Scope): Promise<z.input<typeof VerifiedRowsSchema>> => {
    const { entities, different } = await verifyRows(db, { keys, random }, scope);
    return { entities, different: [...different] };
  };
  /** For an organisation that is here: the operator names it, where everybody else has theirs. */
  const operating = async (org: string, request: string): Promise<Scope> => {
    const { rowCount } = await db.pool.query('select from kernel.organisations() o where o = $1', [org]);
    if (rowCount === 0)
      throw new Problem(404, 'organisation.unknown', 'There is no organisation of this name.', { field: 'org' });
    return { org, actor: 'operator', request };
  };
  return [
    route({
      method: 'GET',
      path: '/v1/audit/verification',
      title: 'Recomputes the seals of the audit: how far it is sealed, and where it first does not hold',
      access: 'user',
      action: IDENTITY_ACTIONS['audit.verify'],
      perMinute: PER_MINUTE,
      query: VerificationQuerySchema,
      output: AuditVerificationSchema,
      handler: ({ caller, query, request, reason }) => audit(scopeOf(caller, request, reason), query.from),
    }),
    route({
      method: 'GET',
      path: '/v1/rows/verification',
      title: 'Folds every entity anew from its facts and names those that are stored otherwise, 50 at most',
      access: 'user',
      action: CAD_ACTIONS['rows.verify'],
      perMinute: PER_MINUTE,
      output: VerifiedRowsSchema,
      handler: ({ caller, request, reason }) => rows(scopeOf(caller, request, reason)),
    }),
    route({
      method: 'GET',
      path: '/v1/operator/organisations/{org}/audit/verification',
      title: 'The same of the audit of an organisation, on a schedule of the center’s machine',
      access: 'operator',
      perMinute: PER_MINUTE,
      params: OfOrg,
      query: VerificationQuerySchema,
      output: AuditVerificationSchema,
      handler: async ({ params, query, request }) => audit(await operating(params.org, request), query.from),
    }),
    route({
      method: 'GET',
      path: '/v1/operator/organisations/{org}/rows/verification',
      title: 'The same of the rows of an organisation, on a schedule of the center’s machine',
      access: 'operator',
      perMinute: PER_MINUTE,
      params: OfOrg,
      output: VerifiedRowsSchema,
      handler: async ({ params, request }) => rows(await operating(params.org, request)),
    }),
  ];
}
