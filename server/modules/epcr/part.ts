/** The doors of patient charts. That they are read is `/v1/entities/chart`. */
import { z } from 'zod';
import { EPCR_ACTIONS } from '#domain/epcr/actions.ts';
import { ChartAuthorInSchema, ChartAuthorOutSchema } from '#domain/epcr/api.ts';
import { taken } from '../../kernel/http/problem.ts';
import { route } from '../../kernel/http/route.ts';
import { scopeOf } from '../../kernel/http/scope.ts';
import type { CenterContext, CenterPart } from '../../kernel/part.ts';
import { changeAuthor } from './author.ts';

const Chart = z.strictObject({ chart: z.string().min(1).max(160) });

export function epcrPart(context: Pick<CenterContext, 'log'>): CenterPart {
  return {
    name: 'epcr',
    routes: [
      route({
        method: 'POST',
        path: '/v1/charts/{chart}/claim',
        title: 'Take a chart that nobody has as one’s own',
        access: 'user',
        action: EPCR_ACTIONS['chart.claim'],
        params: Chart,
        output: ChartAuthorOutSchema,
        handler: async ({ caller, params, request, reason, permit }) =>
          taken(
            await changeAuthor(context, scopeOf(caller, request, reason), {
              chart: params.chart,
              mustBeAllowed: (of) => permit(EPCR_ACTIONS['chart.claim'], of),
              author: caller.user,
              as: 'claim',
            }),
          ),
      }),
      route({
        method: 'POST',
        path: '/v1/charts/{chart}/author',
        title: 'Give a chart to another of the crew, or release it',
        access: 'user',
        action: EPCR_ACTIONS['chart.assign'],
        params: Chart,
        body: ChartAuthorInSchema,
        output: ChartAuthorOutSchema,
        handler: async ({ caller, params, body, request, permit }) =>
          taken(
            await changeAuthor(context, scopeOf(caller, request, body.reason), {
              chart: params.chart,
              mustBeAllowed: (of) => permit(EPCR_ACTIONS['chart.assign'], of),
              author: body.author,
              as: 'assignment',
            }),
          ),
      }),
    ],
  };
}
