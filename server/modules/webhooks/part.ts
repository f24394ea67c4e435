/** The doors of webhooks: one where providers call, and those of the people who set them up. */
import { z } from 'zod';
import {
  ProviderSchema,
  ReceiptsOutSchema,
  WebhookInSchema,
  WebhookKeysSchema,
  WebhooksOutSchema,
} from '#domain/webhooks/api.ts';
import { WEBHOOK_ACTIONS } from '#domain/webhooks/module.ts';
import { Problem, taken } from '../../kernel/http/problem.ts';
import { route } from '../../kernel/http/route.ts';
import { scopeOf } from '../../kernel/http/scope.ts';
import type { CenterContext, CenterPart } from '../../kernel/part.ts';
import { confirmAt } from './confirm.ts';
import { addWebhook, changeKeys, receiptsOf, retireWebhook, WEBHOOK_SECRETS, webhooksOf } from './endpoints.ts';
import { type Taken, takeDelivery, type WebhookIntake } from './intake.ts';

const Id = z.string().min(1).max(64);
const Nothing = z.strictObject({});
/** Providers’ events are a few kilobytes; a bounce with its content some hundred. */
const LARGEST = 1_048_576;
const POSTMARK_API = 'https://api.postmarkapp.com';

export interface WebhookOptions {
  /** Where Postmark is asked back. */
  readonly postmark?: string;
  /** Told of every delivery: `taken`, `repeated`, or why it was refused. */
  readonly onOutcome?: (provider: string, outcome: string) => void;
}

function outcomeOf(taken: Taken): string {
  if ('refused' in taken) return taken.refused;
  return taken.repeated ? 'repeated' : 'taken';
}

export function webhooksPart(context: CenterContext, options: WebhookOptions = {}): CenterPart {
  const ports: WebhookIntake = { ...context, confirm: { postmark: confirmAt(options.postmark ?? POSTMARK_API) } };
  return {
    name: 'webhooks',
    sealed: WEBHOOK_SECRETS,
    routes: [
      route({
        method: 'POST',
        path: '/v1/webhooks/{provider}/{webhook}',
        title: 'Where a provider delivers; its signature over the very bytes is asked for, always',
        access: 'public',
        raw: true,
        bodyLimit: LARGEST,
        params: z.strictObject({ provider: ProviderSchema, webhook: Id }),
        output: Nothing,
        handler: async ({ params, delivery, request }) => {
          if (!delivery) throw new Error('a delivery was read before it was judged');
          const outcome = await takeDelivery(ports, params.provider, params.webhook, delivery, request);
          options.onOutcome?.(params.provider, outcomeOf(outcome));
          if ('refused' in outcome) {
            context.logger.warn({ request, provider: params.provider, why: outcome.refused }, 'webhook refused');
            if (outcome.refused === 'off') {
              throw new Problem(503, 'webhook.off', 'Webhooks are off here for now; deliver it again later.', {
                retryAfter: 3_600,
              });
            }
            // Whoever may not call learns nothing of why, nor whether there is such a webhook.
            throw new Problem(401, 'webhook.refused', 'This delivery is not taken.');
          }
          return {};
        },
      }),
      route({
        method: 'GET',
        path: '/v1/webhooks',
        title: 'Webhooks of the organisation, and how much each received',
        access: 'user',
        action: WEBHOOK_ACTIONS['webhooks.read'],
        output: WebhooksOutSchema,
        handler: ({ caller }) => webhooksOf(ports, caller.org),
      }),
      route({
        method: 'POST',
        path: '/v1/webhooks',
        title: 'Add a webhook; the answer names the path that the provider is to call',
        access: 'user',
        action: WEBHOOK_ACTIONS['webhooks.change'],
        body: WebhookInSchema,
        output: WebhooksOutSchema,
        handler: async ({ caller, body, request, reason }) => {
          await addWebhook(ports, scopeOf(caller, request, reason), body);
          return webhooksOf(ports, caller.org);
        },
      }),
      route({
        method: 'POST',
        path: '/v1/webhooks/{webhook}/keys',
        title: 'Give a webhook other keys; those of before are taken for another day',
        access: 'user',
        action: WEBHOOK_ACTIONS['webhooks.change'],
        params: z.strictObject({ webhook: Id }),
        body: WebhookKeysSchema,
        output: WebhooksOutSchema,
        handler: async ({ caller, params, body, request, reason }) => {
          taken(await changeKeys(ports, scopeOf(caller, request, reason), params.webhook, body));
          return webhooksOf(ports, caller.org);
        },
      }),
      route({
        method: 'POST',
        path: '/v1/webhooks/{webhook}/retire',
        title: 'Take nothing more from a webhook; what it received stays',
        access: 'user',
        action: WEBHOOK_ACTIONS['webhooks.change'],
        params: z.strictObject({ webhook: Id }),
        body: Nothing,
        output: WebhooksOutSchema,
        handler: async ({ caller, params, request, reason }) => {
          taken(await retireWebhook(ports, scopeOf(caller, request, reason), params.webhook));
          return webhooksOf(ports, caller.org);
        },
      }),
      route({
        method: 'GET',
        path: '/v1/webhooks/receipts',
        title: 'What was received, newest first, a page at a time',
        access: 'user',
        action: WEBHOOK_ACTIONS['webhooks.read'],
        query: z.strictObject({ after: z.string().max(256).optional() }),
        output: ReceiptsOutSchema,
        handler: async ({ caller, query }) => taken(await receiptsOf(ports, caller.org, query.after)),
      }),
    ],
  };
}
