/**
 * Taking a delivery. Invariants:
 *  1. Nothing is kept, and nothing acted on, that the keys of its webhook do not prove; in every mode, the demo's too.
 *  2. It belongs to the organisation whose keys proved it. There is no other way to an organisation.
 *  3. An event is kept once, however often it is delivered; a repetition is answered like the first.
 *  4. An organisation whose contract has ended takes nothing more.
 */
import { sql } from 'kysely';
import { uuidV7 } from '#domain/kernel/ids.ts';
import type { Provider } from '#domain/webhooks/api.ts';
import { sha256 } from '#sealing/digest.ts';
import type { Delivery } from '../../kernel/http/route.ts';
import type { CenterContext } from '../../kernel/part.ts';
import { openedKeys, receiptContext, type WebhookPorts } from './endpoints.ts';
import { judge } from './providers/judge.ts';
import type { Confirm, Happening, Objection } from './providers/provider.ts';

export interface WebhookIntake extends WebhookPorts, Pick<CenterContext, 'circumstancesOf'> {
  readonly confirm: { readonly [P in Provider]?: Confirm };
}

export type Taken =
  | { readonly org: string; readonly happening: Happening; readonly repeated: boolean }
  | { readonly refused: Objection | 'unknown' | 'ended' | 'off' };

interface EndpointRow {
  readonly keys: Buffer;
  readonly old_keys: Buffer | null;
  readonly old_keys_until: number | null;
}

const NOWHERE: Confirm = () => Promise.resolve(null);

/** Takes a provider's delivery once, or says why it is not taken. `request`: the id of the call. */
export async function takeDelivery(
  ports: WebhookIntake,
  provider: Provider,
  endpoint: string,
  delivery: Delivery,
  request: string,
): Promise<Taken> {
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string }>('select org from webhooks.org_of_endpoint($1)', [endpoint]),
  );
  const org = rows[0]?.org;
  if (org === undefined) return { refused: 'unknown' };
  const { state, off } = await ports.circumstancesOf(org);
  // Before its keys are opened, which may be destroyed.
  if (state === 'TERMINATED') return { refused: 'ended' };
  const held = await endpointRow(ports, org, provider, endpoint);
  if (!held) return { refused: 'unknown' };
  const now = ports.clock();
  const verdict = await judged(ports, org, endpoint, held, delivery, now);
  if (!verdict.genuine) return { refused: verdict.why };
  if (off.has('webhooks')) return { refused: 'off' };
  const repeated = await keep(ports, org, endpoint, verdict.happening, request);
  return { org, happening: verdict.happening, repeated };
}

async function endpointRow(
  ports: WebhookIntake,
  org: string,
  provider: Provider,
  endpoint: string,
): Promise<EndpointRow | undefined> {
  return ports.db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<EndpointRow>`
      select keys, old_keys, old_keys_until from webhooks.endpoint
      where id = ${endpoint} and provider = ${provider} and retired_at is null`.execute(trx);
    return rows[0];
  });
}

async function judged(
  ports: WebhookIntake,
  org: string,
  endpoint: string,
  { keys, old_keys, old_keys_until }: EndpointRow,
  delivery: Delivery,
  now: number,
): Promise<Awaited<ReturnType<typeof judge>>> {
  const old = old_keys !== null && old_keys_until !== null && old_keys_until > now ? [old_keys] : [];
  let verdict: Awaited<ReturnType<typeof judge>> = { genuine: false, why: 'signature' };
  for (const bytes of [keys, ...old]) {
    const opened = await openedKeys(ports, org, endpoint, bytes);
    if (!opened) throw new Error('the keys of a webhook cannot be opened');
    verdict = await judge(delivery, opened, now, ports.confirm[opened.provider] ?? NOWHERE);
    if (verdict.genuine) return verdict;
  }
  return verdict;
}

/** Whether it was here already. */
async function keep(
  ports: WebhookIntake,
  org: string,
  endpoint: string,
  { event, kind, content }: Happening,
  request: string,
): Promise<boolean> {
  const now = ports.clock();
  const id = uuidV7(now, ports.random);
  const sealed = await ports.keys.sealFor(org, content, receiptContext(id));
  return ports.db.inOrg({ org, actor: `webhook:${endpoint}`, request }, async (trx) => {
    const { rows } = await sql`
      insert into webhooks.receipt (org, id, endpoint, event, kind, digest, body, bytes, received_at)
      values (${org}, ${id}, ${endpoint}, ${event}, ${kind}, ${sha256(content)}, ${sealed}, ${content.length}, ${now})
      on conflict (org, endpoint, event) do nothing returning id`.execute(trx);
    return rows.length === 0;
  });
}
