/** Where other services call an organisation, and the keys by which their calls are known, sealed. */

import { sql } from 'kysely';
import type { z } from 'zod';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import {
  type Provider,
  type ReceiptsOutSchema,
  type WebhookInSchema,
  type WebhookKeys,
  WebhookKeysSchema,
  type WebhooksOutSchema,
} from '#domain/webhooks/api.ts';
import { BY_TIME, cursorAfter, readCursor } from '../../kernel/db/cursor.ts';
import type { Scope } from '../../kernel/db/database.ts';
import { mustStand } from '../../kernel/identity/must-stand.ts';
import type { SealedColumn } from '../../kernel/keys/reseal.ts';
import type { CenterContext } from '../../kernel/part.ts';

export type WebhookPorts = Pick<CenterContext, 'db' | 'keys' | 'clock' | 'random'>;

/** How long the keys of before are taken beside new ones: a provider's retries of a day may still carry them. */
const OVERLAP_MS = 24 * 3_600_000;
const RECEIPTS_A_PAGE = 100;

const pathOf = (provider: Provider, id: string): string =>
  `/v1/webhooks/${encodeURIComponent(provider)}/${encodeURIComponent(id)}`;
const contextOf = (id: string): string => `webhook|${id}`;
export const receiptContext = (id: string): string => `receipt|${id}`;
export const WEBHOOK_SECRETS: readonly SealedColumn[] = [
  { table: 'webhooks.endpoint', column: 'keys', id: 'id', contextOf },
  { table: 'webhooks.endpoint', column: 'old_keys', id: 'id', contextOf },
  {
    ...{ table: 'webhooks.receipt', column: 'body', id: 'id', contextOf: receiptContext },
    by: 'webhooks.reseal_receipt',
  },
];

async function sealed({ keys }: WebhookPorts, org: string, id: string, of: WebhookKeys): Promise<Buffer> {
  return keys.sealFor(org, Buffer.from(JSON.stringify(of), 'utf8'), contextOf(id));
}

/** Null where the bytes are not what was sealed. */
export async function openedKeys(
  { keys }: WebhookPorts,
  org: string,
  id: string,
  bytes: Uint8Array,
): Promise<WebhookKeys | null> {
  const plain = await keys.unsealFor(org, bytes, contextOf(id));
  const parsed = plain && WebhookKeysSchema.safeParse(JSON.parse(plain.toString('utf8')));
  return parsed?.success ? parsed.data : null;
}

/** Adds one; answers its id. */
export async function addWebhook(
  ports: WebhookPorts,
  scope: Scope,
  { name, keys }: z.infer<typeof WebhookInSchema>,
): Promise<string> {
  const id = Buffer.from(ports.random(16)).toString('base64url');
  const bytes = await sealed(ports, scope.org, id, keys);
  await ports.db.inOrg(scope, async (trx) => {
    await mustStand(trx, scope);
    await sql`insert into webhooks.endpoint (org, id, provider, name, keys, created_at)
        values (${scope.org}, ${id}, ${keys.provider}, ${name}, ${bytes}, ${ports.clock()})`.execute(trx);
  });
  return id;
}

/** Gives it other keys; those of before are taken for another day. Refuses with `webhook.unknown`, `webhook.provider`. */
export async function changeKeys(
  ports: WebhookPorts,
  scope: Scope,
  id: string,
  keys: WebhookKeys,
): Promise<Outcome<null>> {
  const bytes = await sealed(ports, scope.org, id, keys);
  return ports.db.inOrg(scope, async (trx) => {
    await mustStand(trx, scope);
    const { rows } = await sql<{ provider: Provider }>`
      select provider from webhooks.endpoint where id = ${id} and retired_at is null for update`.execute(trx);
    if (!rows[0]) return unknown();
    if (rows[0].provider !== keys.provider) {
      return refused(
        'webhook.provider',
        'This webhook is of another provider; add one for this provider.',
        'keys.provider',
      );
    }
    await sql`update webhooks.endpoint set old_keys = keys, old_keys_until = ${ports.clock() + OVERLAP_MS}, keys = ${bytes}
              where id = ${id}`.execute(trx);
    return done(null);
  });
}

/** Takes nothing more from it. What it received stays. */
export function retireWebhook(ports: WebhookPorts, scope: Scope, id: string): Promise<Outcome<null>> {
  return ports.db.inOrg(scope, async (trx) => {
    await mustStand(trx, scope);
    const { rows } = await sql`update webhooks.endpoint set retired_at = ${ports.clock()}
      where id = ${id} and retired_at is null returning id`.execute(trx);
    return rows.length > 0 ? done(null) : unknown();
  });
}

function unknown(): Outcome<never> {
  return refused('webhook.unknown', 'This webhook is not known, or was retired.', 'webhook');
}

export function webhooksOf(ports: WebhookPorts, org: string): Promise<z.infer<typeof WebhooksOutSchema>> {
  return ports.db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<{
      id: string;
      provider: Provider;
      name: string;
      created_at: number;
      old_keys_until: number | null;
      retired_at: number | null;
      received: number;
      last: number | null;
    }>`select e.id, e.provider, e.name, e.created_at, e.old_keys_until, e.retired_at, r.received, r.last
       from webhooks.endpoint e
       cross join lateral (select count(*) as received, max(received_at) as last from webhooks.receipt r where r.endpoint = e.id) r
       order by e.created_at`.execute(trx);
    const now = ports.clock();
    return {
      webhooks: rows.map((row) => ({
        id: row.id,
        provider: row.provider,
        name: row.name,
        path: pathOf(row.provider, row.id),
        createdAt: row.created_at,
        oldKeysUntil: row.old_keys_until !== null && row.old_keys_until > now ? row.old_keys_until : null,
        retiredAt: row.retired_at,
        received: row.received,
        lastReceivedAt: row.last,
      })),
    };
  });
}

/** What was received, newest first; `after` as the page before said. Refuses with `field.invalid`. */
export async function receiptsOf(
  ports: WebhookPorts,
  org: string,
  after: string | undefined,
): Promise<Outcome<z.infer<typeof ReceiptsOutSchema>>> {
  const cursor = after === undefined ? null : readCursor(after, BY_TIME);
  if (after !== undefined && cursor === null) {
    return refused('field.invalid', 'after must be what the page before said.', 'after');
  }
  const [at, id] = cursor ?? [null, null];
  return ports.db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<{
      id: string;
      endpoint: string;
      event: string;
      kind: string;
      received_at: number;
      bytes: number;
    }>`select id, endpoint, event, kind, received_at, bytes from webhooks.receipt
       where ${at}::bigint is null or (received_at, id) < (${at}::bigint, ${id}::text)
       order by received_at desc, id desc limit ${RECEIPTS_A_PAGE + 1}`.execute(trx);
    const page = rows.slice(0, RECEIPTS_A_PAGE);
    const last = page.at(-1);
    return done({
      receipts: page.map((row) => ({
        id: row.id,
        webhook: row.endpoint,
        event: row.event,
        kind: row.kind,
        receivedAt: row.received_at,
        bytes: row.bytes,
      })),
      next: rows.length > page.length && last ? cursorAfter(last.received_at, last.id) : null,
    });
  });
}
