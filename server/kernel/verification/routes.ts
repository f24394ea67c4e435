/** Whether what the center keeps is what was written: the audit chain against its seals, the rows against the facts. */
import { z } from 'zod';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { signatureHolds } from '#sealing/signing.ts';
import { type SealMemory, verifyAudit } from '../audit/sealer.ts';
import type { Database } from '../db/database.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { KeyTools } from '../intake/pg/step-keys.ts';
import type { KeyRing } from '../keys/ring.ts';
import { verifyRows } from './rows.ts';

/** Each reads all there is. */
const PER_MINUTE = 30;

const VerifiedAuditSchema = z.strictObject({
  sealed: z.int(),
  entries: z.int(),
  brokenAt: z.int().nullable(),
  why: z.string().nullable(),
});
const VerifiedRowsSchema = z.strictObject({ entities: z.int(), different: z.array(z.string()) });

export interface VerificationPorts extends KeyTools {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly seals: SealMemory;
}

export function verificationRoutes({ db, keys, random, seals }: VerificationPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/audit/verification',
      title: 'Recomputes the seals of the audit: how far it is sealed, and where it first does not hold',
      access: 'user',
      action: IDENTITY_ACTIONS['audit.verify'],
      perMinute: PER_MINUTE,
      output: VerifiedAuditSchema,
      handler: async ({ caller }) => {
        const { publicKeys } = await keys.centerKeys(caller.org);
        return verifyAudit(db, caller.org, signatureHolds, publicKeys, seals.get(caller.org));
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
