/** How the center does, for those who watch it: measured when it is asked. */
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { StatusOutSchema } from '#domain/identity/api/status.ts';
import { type Route, route } from '../http/route.ts';
import type { CenterContext } from '../part.ts';
import { owedTo } from './figures.ts';

export function statusRoutes(ports: Pick<CenterContext, 'db' | 'clock'>, startedAt: number): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/status',
      title: 'How the center does: its database, what of the audit is not sealed, what waits',
      access: 'user',
      action: IDENTITY_ACTIONS['status.read'],
      output: StatusOutSchema,
      handler: async ({ caller }) => {
        const asked = performance.now();
        await ports.db.ping();
        const databaseMs = Math.round((performance.now() - asked) * 10) / 10;
        return { at: ports.clock(), startedAt, databaseMs, ...(await owedTo(ports, caller.org)) };
      },
    }),
  ];
}
