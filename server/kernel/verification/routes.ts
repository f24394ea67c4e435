/** Whether what the center keeps is what was written: the audit chain against its seals, the rows against the facts. */
import { z } from 'zod';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { RowsVerificationQuerySchema, RowsVerificationSchema } from '#domain/cad/rows-api.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { AuditVerificationSchema, VerificationQuerySchema } from '#domain/identity/api/audit.ts';
import type { Checkpoints } from '../audit/checkpoints.ts';
import type { SealMemory } from '../audit/sealer.ts';
import type { Seam } from '../audit/stretch.ts';
import { type Verified, verifyAudit } from '../audit/verify.ts';
import { cursorAfter, readCursor } from '../db/cursor.ts';
import type { Database, Scope } from '../db/database.ts';
import { Problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { KeyTools } from '../intake/pg/step-keys.ts';
import type { KeyRing } from '../keys/ring.ts';
import { type Place, PROJECTED, verifyRows } from './rows.ts';

/** Each reads all there is. */
const PER_MINUTE = 30;

const OfOrg = z.strictObject({ org: z.string().min(1).max(64) });
const SeamSchema = z.tuple([z.int().positive(), z.string().regex(/^[0-9a-f]{64}$/)]);

const PlaceSchema = z.tuple([z.enum(['facts', ...PROJECTED]), z.string()]);

/** Where the answer before ended. Throws Problem `field.invalid`. */
function endedAt<S extends z.ZodType>(after: string, form: S): z.output<S> {
  const place = readCursor(after, form);
  if (place !== null) return place;
  throw new Problem(400, 'field.invalid', 'after must be what the answer before said.', { field: 'after' });
}

function seamOf(after: string): Seam {
  const [position, hash] = endedAt(after, SeamSchema);
  return { position, hash };
}

function placeOf(after: string): Place {
  const [of, id] = endedAt(after, PlaceSchema);
  return { of, id };
}

export interface VerificationPorts extends KeyTools {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly seals: SealMemory;
  readonly checkpoints: Checkpoints;
}

export function verificationRoutes({ db, keys, random, seals, checkpoints }: VerificationPorts): readonly Route[] {
  const audit = async (
    scope: Scope,
    { from, after, limit }: z.output<typeof VerificationQuerySchema>,
    ended = false,
  ): Promise<z.input<typeof AuditVerificationSchema>> => {
    const { org } = scope;
    const seam = after === undefined ? null : seamOf(after);
    const publicKeys = ended ? await publicKeysLeft(db, scope) : (await keys.centerKeys(org)).publicKeys;
    const against = { publicKeys, checkpoints: checkpoints.of(org), remembered: seals.get(org) };
    const said = await verifyAudit(db, scope, against, { from, after: seam, limit });
    // Nothing could seal that of one whose keys are destroyed.
    if (!ended) await noted(scope, seam?.position ?? from, said);
    return {
      ...said,
      breaks: said.breaks.map(({ ids, ...one }) => ({ ...one, ids: ids && [...ids] })),
      next: said.next && cursorAfter(said.next.position, said.next.hash),
    };
  };
  const noted = (scope: Scope, from: number, said: Verified): Promise<unknown> =>
    db.inOrgClient(scope, (client) =>
      client.query('select audit.note_act($1, $2, $3, $4)', [
        'act',
        'audit.seal',
        null,
        JSON.stringify({ act: 'verified', from, sealed: said.sealed, brokenAt: said.brokenAt }),
      ]),
    );
  const rows = async (
    scope: Scope,
    { after, limit }: z.output<typeof RowsVerificationQuerySchema>,
  ): Promise<z.input<typeof RowsVerificationSchema>> => {
    const stretch = { after: after === undefined ? null : placeOf(after), limit };
    const { entities, of, different, next } = await verifyRows(db, { keys, random }, scope, stretch);
    return { entities, of, different: [...different], next: next && cursorAfter(next.of, next.id) };
  };
  /** For an organisation that is here: the operator names it, where everybody else has theirs. `ended`: its keys were destroyed. */
  const operating = async (
    org: string,
    request: string,
  ): Promise<{ readonly scope: Scope; readonly ended: boolean }> => {
    const scope = { org, actor: 'operator', request };
    const { rows: found } = await db.inOrgClient(scope, (client) =>
      client.query<{ ended: boolean }>('select destroyed_at is not null as ended from kernel.organisation'),
    );
    const [held] = found;
    if (!held)
      throw new Problem(404, 'organisation.unknown', 'There is no organisation of this name.', { field: 'org' });
    return { scope, ended: held.ended };
  };
  return [
    route({
      method: 'GET',
      path: '/v1/audit/verification',
      title: 'Recomputes a stretch of the seals of the audit: where it first does not hold, and where the next begins',
      access: 'user',
      action: IDENTITY_ACTIONS['audit.verify'],
      perMinute: PER_MINUTE,
      query: VerificationQuerySchema,
      output: AuditVerificationSchema,
      handler: ({ caller, query, request, reason }) => audit(scopeOf(caller, request, reason), query),
    }),
    route({
      method: 'GET',
      path: '/v1/rows/verification',
      title:
        'Folds a stretch of the entities anew from their facts and names those that are stored otherwise, and where the next begins',
      access: 'user',
      action: CAD_ACTIONS['rows.verify'],
      perMinute: PER_MINUTE,
      query: RowsVerificationQuerySchema,
      output: RowsVerificationSchema,
      handler: ({ caller, query, request, reason }) => rows(scopeOf(caller, request, reason), query),
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
      handler: async ({ params, query, request }) => {
        const { scope, ended } = await operating(params.org, request);
        return audit(scope, query, ended);
      },
    }),
    route({
      method: 'GET',
      path: '/v1/operator/organisations/{org}/rows/verification',
      title: 'The same of the rows of an organisation, on a schedule of the center’s machine',
      access: 'operator',
      perMinute: PER_MINUTE,
      params: OfOrg,
      query: RowsVerificationQuerySchema,
      output: RowsVerificationSchema,
      handler: async ({ params, query, request }) => {
        const { scope, ended } = await operating(params.org, request);
        if (!ended) return rows(scope, query);
        throw new Problem(409, 'organisation.destroyed', 'Its keys were destroyed: nothing of it can be folded anew.');
      },
    }),
  ];
}

/**
 * What an organisation was known by that has no key any more. Which of these that key had wrapped is not told any more, so what the
 * owner of a database may have added since is held against the certificate, and against checkpoints, by whoever reads this.
 */
async function publicKeysLeft(db: Database, scope: Scope): Promise<readonly string[]> {
  const { rows } = await db.inOrgClient(scope, (client) =>
    client.query<{ id: string }>('select id from keys.signing where org = $1', [scope.org]),
  );
  return rows.map(({ id }) => id);
}
