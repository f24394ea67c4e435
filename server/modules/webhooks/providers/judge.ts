/** The one question asked of a delivery, whoever is said to have sent it. */
import type { WebhookKeys } from '#domain/webhooks/api.ts';
import type { Delivery } from '../../../kernel/http/route.ts';
import { LOB } from './lob.ts';
import { POSTMARK } from './postmark.ts';
import type { Confirm, Verdict } from './provider.ts';
import { STRIPE } from './stripe.ts';
import { TELNYX } from './telnyx.ts';

/** Whether a delivery is the provider's own, by the provider's rules. `now` in ms UTC. */
export async function judge(delivery: Delivery, keys: WebhookKeys, now: number, confirm: Confirm): Promise<Verdict> {
  switch (keys.provider) {
    case 'telnyx':
      return TELNYX.judge(delivery, keys, now, confirm);
    case 'lob':
      return LOB.judge(delivery, keys, now, confirm);
    case 'stripe':
      return STRIPE.judge(delivery, keys, now, confirm);
    case 'postmark':
      return POSTMARK.judge(delivery, keys, now, confirm);
  }
}
