/** The operator's word on the center's clock. */
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { Problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { forEachOrganisation } from '../organisation/each.ts';
import type { CenterContext } from '../part.ts';
import { dayOf, type TimeWatch } from './leap.ts';

interface Ports extends Pick<CenterContext, 'clock'> {
  readonly db: Pick<Database, 'pool' | 'inOrgClient'>;
  readonly time: Pick<TimeWatch, 'believe'>;
}

export function timeRoutes({ db, clock, time }: Ports): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/operator/clock',
      title:
        'The operator says that this node’s clock is right though it leapt: what is due by it is removed from then on',
      access: 'operator',
      body: z.strictObject({
        /** The day of now in UTC, `2026-11-28`, as whoever means it reads it elsewhere. */
        today: z.iso.date(),
      }),
      output: z.strictObject({ now: z.int(), believedBefore: z.int() }),
      handler: async ({ body: { today }, request, reason }) => {
        const now = clock();
        if (today !== dayOf(now))
          throw new Problem(
            422,
            'clock.differs',
            `The center’s clock says ${dayOf(now)}, and not ${today}; set it right.`,
            {
              field: 'today',
            },
          );
        const believedBefore = Math.round(await time.believe());
        const act = JSON.stringify({ act: 'clock believed', from: dayOf(believedBefore), to: today });
        await forEachOrganisation(
          db,
          () => false,
          (org) =>
            db.inOrgClient({ org, actor: 'operator', request, reason }, (client) =>
              client.query('select audit.note_act($1, $2, $3, $4)', ['act', 'kernel.organisation', org, act]),
            ),
          ({ code }) => {
            throw new Error(`the operator’s word on the clock was not noted (${code})`);
          },
        );
        return { now, believedBefore };
      },
    }),
  ];
}
