/** The door to stored documents. */
import { sql } from 'kysely';
import { z } from 'zod';
import { recordActions } from '#domain/modules.ts';
import type { Scope } from '../../kernel/db/database.ts';
import type { Caller } from '../../kernel/http/auth.ts';
import { Problem } from '../../kernel/http/problem.ts';
import { type Permit, route } from '../../kernel/http/route.ts';
import { scopeOf } from '../../kernel/http/scope.ts';
import { handingOver } from '../../kernel/organisation/handing-over.ts';
import type { CenterContext, CenterPart } from '../../kernel/part.ts';
import { readBlob } from './blobs.ts';

const UNKNOWN = 'There is no such document, or it is another site’s.';
const WHY_NOT = {
  unknown: [404, 'document.unknown', UNKNOWN],
  erased: [410, 'document.erased', 'This document was erased with what it is about.'],
  unopened: [503, 'document.unopened', 'The key that this document was sealed under is not at this center.'],
  damaged: [500, 'document.damaged', 'This document was changed where it is kept; restore it from a backup.'],
} as const;

const Id = z.string().min(1).max(128);
const REPORT = recordActions('report');

type Ports = Pick<CenterContext, 'db' | 'keys'>;

interface Asked {
  readonly caller: Caller;
  readonly request: string;
  readonly reason: string | null;
  readonly permit: Permit;
}

/** The bytes of a report for whoever may read it; the reading is noted. Throws Problem where they may not, or there is none. */
export async function readReport(
  ports: Ports,
  { caller, request, reason, permit }: Asked,
  id: string,
): Promise<Uint8Array> {
  if (REPORT) permit(REPORT.read, {});
  return reportOf(ports, scopeOf(caller, request, reason), caller.site, id);
}

/** `site`: null for every site's. */
async function reportOf({ db, keys }: Ports, scope: Scope, site: string | null, id: string): Promise<Uint8Array> {
  const { org } = scope;
  return db.inOrg(scope, async (trx) => {
    const { rows } = await sql<{ site: string; digest: string }>`
      select site, body ->> 'digest' as digest from documents.report
      where org = ${org} and id = ${id} and not archived`.execute(trx);
    const shown = rows[0];
    if (!shown || (site !== null && site !== shown.site)) {
      throw new Problem(404, 'document.unknown', UNKNOWN);
    }
    const read = await readBlob(trx, keys, org, id, shown.digest);
    if (read.state !== 'read') {
      const [status, code, words] = WHY_NOT[read.state];
      throw new Problem(status, code, words);
    }
    await sql`select audit.note_reads('documents.report', ${[id]}, ${JSON.stringify({ digest: shown.digest })}::jsonb)`.execute(
      trx,
    );
    return read.bytes;
  });
}

export function documentsPart(context: Ports): CenterPart {
  return {
    name: 'documents',
    routes: [
      route({
        method: 'GET',
        path: '/v1/documents/{id}',
        title: 'The bytes of a stored document, such as an incident report; the reading is noted in the audit',
        access: 'any',
        action: 'by record',
        params: z.strictObject({ id: Id }),
        output: z.custom<Uint8Array>(),
        media: 'application/pdf',
        handler: (asked) => readReport(context, asked, asked.params.id),
      }),
      route({
        method: 'GET',
        path: '/v1/operator/organisations/{org}/documents/{id}',
        title: 'The bytes of a stored document, as its records are handed over; the reading is noted in the audit',
        access: 'operator',
        budget: 'read',
        params: z.strictObject({ org: z.string().min(1).max(64), id: Id }),
        output: z.custom<Uint8Array>(),
        media: 'application/pdf',
        handler: async ({ params: { org, id }, request, reason }) =>
          reportOf(context, await handingOver(context.db, org, request, reason), null, id),
      }),
    ],
  };
}
