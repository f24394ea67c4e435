/** The door to stored documents. */
import { sql } from 'kysely';
import { z } from 'zod';
import { recordActions } from '#domain/modules.ts';
import { Problem } from '../../kernel/http/problem.ts';
import { route } from '../../kernel/http/route.ts';
import { scopeOf } from '../../kernel/http/scope.ts';
import type { CenterContext, CenterPart } from '../../kernel/part.ts';
import { readBlob } from './blobs.ts';

const UNKNOWN = 'There is no such document, or it is another site’s.';
const WHY_NOT = {
  unknown: [404, 'document.unknown', UNKNOWN],
  erased: [410, 'document.erased', 'This document was erased with what it is about.'],
  damaged: [500, 'document.damaged', 'This document was changed where it is kept; restore it from a backup.'],
} as const;

const REPORT = recordActions('report');

export function documentsPart(context: Pick<CenterContext, 'db' | 'keys'>): CenterPart {
  return {
    name: 'documents',
    routes: [
      route({
        method: 'GET',
        path: '/v1/documents/{id}',
        title: 'The bytes of a stored document, such as an incident report; the reading is noted in the audit',
        access: 'any',
        action: 'by record',
        params: z.strictObject({ id: z.string().min(1).max(128) }),
        output: z.custom<Uint8Array>(),
        media: 'application/pdf',
        handler: async ({ caller, params, request, reason, permit }) => {
          if (caller.kind === 'user' && REPORT) permit(REPORT.read, {});
          return context.db.inOrg(scopeOf(caller, request, reason), async (trx) => {
            const { rows } = await sql<{ site: string; digest: string }>`
              select site, body ->> 'digest' as digest from documents.report
              where org = ${caller.org} and id = ${params.id} and not archived`.execute(trx);
            const shown = rows[0];
            if (!shown || (caller.site !== null && caller.site !== shown.site)) {
              throw new Problem(404, 'document.unknown', UNKNOWN);
            }
            const read = await readBlob(trx, context.keys, caller.org, params.id, shown.digest);
            if (read.state !== 'read') {
              const [status, code, words] = WHY_NOT[read.state];
              throw new Problem(status, code, words);
            }
            await sql`select audit.note_reads('documents.report', ${[params.id]}, ${JSON.stringify({ digest: shown.digest })}::jsonb)`.execute(
              trx,
            );
            return read.bytes;
          });
        },
      }),
    ],
  };
}
