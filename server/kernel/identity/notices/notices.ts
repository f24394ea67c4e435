/** What a person is told of their own account. Who makes them: the triggers of migration 066, and `tell` where no row says it. */
import { sql } from 'kysely';
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { type NoticeKind, NoticesOutSchema, NoticesSeenInSchema } from '#domain/identity/api/notices.ts';
import { type Route, route } from '../../http/route.ts';
import type { IdentityPorts } from '../ports.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';

const NEWEST = 100;
/** Known of for so long, or never known of and made so long ago, a notice goes: migration 067 lets no younger one go. */
const KEPT_DAYS = { known: 90, unknown: 400 };
const Nothing = z.strictObject({});

/** Tells somebody, in the transaction that knows it. */
export async function tell(
  trx: IdentityTx,
  org: string,
  person: string,
  kind: NoticeKind,
  from: { readonly address: string; readonly station: string | null },
): Promise<void> {
  await sql`select identity.tell(${org}, ${person}, ${kind}, ${from.address}, ${from.station})`.execute(trx);
}

export function noticeRoutes(ports: IdentityPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/me/notices',
      title: 'What changed about one’s own account, and sign-ins to it that were not as usual',
      access: 'user',
      action: IDENTITY_ACTIONS['me.read'],
      output: NoticesOutSchema,
      handler: ({ caller }) => newest(ports, caller.org, caller.user, caller.session),
    }),
    route({
      method: 'POST',
      path: '/v1/me/notices/seen',
      title: 'Say that one knows of them',
      access: 'user',
      action: IDENTITY_ACTIONS['me.secure'],
      body: NoticesSeenInSchema,
      output: Nothing,
      handler: async ({ caller, body }) => {
        await ports.db.inOrg<IdentityTables, void>({ org: caller.org, actor: caller.user }, async (trx) => {
          await trx
            .updateTable('identity.notice')
            .set({ seen_at: ports.clock() })
            .where('person', '=', caller.user)
            .where('seen_at', 'is', null)
            .where('at', '<=', body.upTo)
            .where(notOfThis(caller.session))
            .execute();
        });
        return {};
      },
    }),
  ];
}

/** Takes away what need not be kept any more of an organisation; how many. */
export function forgetNotices(db: IdentityPorts['db'], org: string): Promise<number> {
  const why = 'kept for as long as it has to be';
  return db.inOrg<IdentityTables, number>({ org, actor: 'center', reason: why }, async (trx) => {
    const { rows } = await sql`
      with day as (select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now, 86400000::bigint as ms)
      delete from identity.notice n using day
        where (n.seen_at < day.now - ${KEPT_DAYS.known} * day.ms or n.at < day.now - ${KEPT_DAYS.unknown} * day.ms)
          and not exists (select from kernel.legal_hold h
            where h.released_at is null and h.tbl = 'identity.notice' and h.row_id = n.id)
        returning n.id`.execute(trx);
    return rows.length;
  });
}

/**
 * All but what tells of the very sign-in that asks: to whoever made it that is no news, and an intruder is not to be the one who
 * reads of themselves and waves it away. Every other session of the person's is told.
 */
const notOfThis = (session: string) => sql<boolean>`session is distinct from ${session}`;

function newest(
  ports: IdentityPorts,
  org: string,
  person: string,
  session: string,
): Promise<z.input<typeof NoticesOutSchema>> {
  return ports.db.inOrg<IdentityTables, z.input<typeof NoticesOutSchema>>({ org }, async (trx) => {
    const rows = await trx
      .selectFrom('identity.notice as n')
      .leftJoin('identity.person as p', (on) => on.onRef('p.id', '=', 'n.by').onRef('p.org', '=', 'n.org'))
      .leftJoin('kernel.device as d', (on) => on.onRef('d.station', '=', 'n.station').onRef('d.org', '=', 'n.org'))
      .select(['n.id', 'n.at', 'n.kind', 'n.by', 'n.address', 'n.station', 'n.seen_at'])
      .select(['p.name as who', 'd.name as workstation'])
      .where('n.person', '=', person)
      .where(notOfThis(session))
      .orderBy('n.at', 'desc')
      .limit(NEWEST)
      .execute();
    const notices = rows.map(({ id, at, kind, by, who, address, station, workstation, seen_at }) => ({
      ...{ id, at, kind, seen: seen_at !== null },
      by: by === person ? null : (who ?? by),
      from: workstation ?? station ?? address,
    }));
    return { notices };
  });
}
