/** What may be asked how often, counted by all nodes of a center together. */
import type { Logger } from 'pino';
import type { Closing } from '../kernel/closing.ts';
import { type Budgets, makeBudgets } from '../kernel/limits/budgets.ts';
import { type Counters, makeCounters } from '../kernel/limits/counters.ts';
import type { Metrics } from '../kernel/telemetry/metrics.ts';
import type { Ground } from './ground.ts';

export function limitsOf(
  { redis, emergency, clock }: Pick<Ground, 'redis' | 'emergency' | 'clock'>,
  metrics: Pick<Metrics, 'limitsAlone'>,
  logger: Logger,
  scale: number | undefined,
  closing: Closing,
): { readonly counters: Counters; readonly budgets: Budgets } {
  const counters = makeCounters({
    ...{ redis, pool: emergency.pool, clock },
    onAway: (away) => {
      metrics.limitsAlone(away);
      if (away) {
        logger.warn('the store of the limits is away: this node counts for itself until it is back');
      } else logger.info('the store of the limits is back');
    },
  });
  const budgets = makeBudgets(counters, clock, scale);
  closing.push(budgets.stop);
  return { counters, budgets };
}
