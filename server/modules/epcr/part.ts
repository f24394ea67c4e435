/** The doors of patient charts. That one is read is `/v1/entities/chart`. */
import { z } from 'zod';
import { EPCR_ACTIONS } from '#domain/epcr/actions.ts';
import {
  ChartAuthorInSchema,
  ChartAuthorOutSchema,
  ChartCrewOutSchema,
  ChartsOutSchema,
  ChartsQuerySchema,
} from '#domain/epcr/api.ts';
import { recordActions } from '#domain/modules.ts';
import { columnsOf } from '../../kernel/entities/columns.ts';
import { reachOf } from '../../kernel/entities/reach.ts';
import { taken } from '../../kernel/http/problem.ts';
import { route } from '../../kernel/http/route.ts';
import { scopeOf } from '../../kernel/http/scope.ts';
import type { CenterContext, CenterPart } from '../../kernel/part.ts';
import { changeAuthor } from './author.ts';
import { crewFor, listCharts } from './listing.ts';

const Chart = z.strictObject({ chart: z.string().min(1).max(160) });

const CHART = columnsOf('chart');
const READ = recordActions('chart')?.read;

export function epcrPart(context: Pick<CenterContext, 'db' | 'log'>): CenterPart {
  if (!CHART || !READ) throw new Error('charts are declared in domain/epcr');
  return {
    name: 'epcr',
    routes: [
      route({
        method: 'GET',
        path: '/v1/charts',
        title: 'Charts within reach, those transported last first: of which call, in what state, and whose',
        access: 'user',
        action: READ,
        query: ChartsQuerySchema,
        output: ChartsOutSchema,
        handler: async ({ caller, query, request, permit }) => {
          const reach = reachOf(CHART, caller, permit(READ, {}));
          return taken(await listCharts(context.db, scopeOf(caller, request, null), CHART, reach, query), 400);
        },
      }),
      route({
        method: 'GET',
        path: '/v1/charts/{chart}/crew',
        title: 'Whom a chart can be given to',
        access: 'user',
        action: EPCR_ACTIONS['chart.assign'],
        params: Chart,
        output: ChartCrewOutSchema,
        handler: async ({ caller, params, request, permit }) =>
          taken(
            await crewFor(context.db, scopeOf(caller, request, null), params.chart, (of) => {
              permit(EPCR_ACTIONS['chart.assign'], of);
            }),
          ),
      }),
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
