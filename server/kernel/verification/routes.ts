/** Whether what the center keeps is what was written: the audit chain against its seals, the rows against the facts. */
import { z } from 'zod';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { AuditVerificationSchema, VerificationQuerySchema } from '#domain/identity/api/audit.ts';
import type { Checkpoints } from '../audit/checkpoints.ts';
import type { SealMemory } from '../audit/sealer.ts';
import { verifyAudit } from '../audit/verify.ts';
import type { Database } from '../db/database.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { KeyTools } from '../intake/pg/step-keys.ts';
import type { KeyRing } from '../keys/ring.ts';
import { verifyRows } from './rows.ts';

/** Each reads all there is. */
const PER_MINUTE = 30;

const VerifiedRowsSchema = z.strictObject({ entities: z.int(), different: z.array(z.string()) });

export interface VerificationPorts extends KeyTools {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly seals: SealMemory;
  readonly checkpoints: Checkpoints;
}

export function verificationRoutes({ db, keys, random, seals, checkpoints }: VerificationPorts): readonly Route[] {
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
      handler: async ({ caller, query, request, reason }) => {
        const { publicKeys } = await keys.centerKeys(caller.org);
        const scope = scopeOf(caller, request, reason);
        const against = { publicKeys, checkpoints: checkpoints.of(caller.org), remembered: seals.get(caller.org) };
        const said = await verifyAudit(db, scope, against, query.from);
        await db.inOrgClient(scope, (client) =>
          client.query('select audit.note_act($1, $2, $3, $4)', [
            'act',
            'audit.seal',
            null,
            JSON.stringify({ act: 'verified', from: query.from, sealed: said.sealed, brokenAt: said.brokenAt }),
          ]),
        );
        return { ...said, breaks: said.breaks.map(({ ids, ...one }) => ({ ...one, ids: ids && [...ids] })) };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/rows/verification',
      title: 'Folds every entity anew from its facts and names those that are stored otherwise, 50 at most',
      access: 'user',
      action: CAD_ACTIONS['rows.verify'],
      perMinute: PER_MINUTE,
      output: VerifiedRowsSchema,
      handler: async ({ caller, request, reason }) => {
        const { entities, different } = await verifyRows(db, { keys, random }, scopeOf(caller, request, reason));
        return { entities, different: [...different] };
      },
    }),
  ];
}
