import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createConsole, idsOf, meet } from '#domain/cad/testing/memory-world.ts';
import { act, anyWhim, follow } from '#domain/cad/testing/random-actions.ts';
import { TEST_ROSTER } from '#domain/cad/testing/roster.ts';
import { assignmentRow } from '#domain/cad/views/assignment-row.ts';
import { incidentRow } from '#domain/cad/views/incident-row.ts';
import { entityRef } from '#domain/kernel/ids.ts';
import { ASSIGNMENT_TIMES, columnOf, rowOf } from './cad-rows.ts';

const someWhims = fc.array(anyWhim, { minLength: 1, maxLength: 25 });

describe('the rows of the center', () => {
  it('say of calls and runs what the screens say, with amended and struck times', () => {
    fc.assert(
      fc.property(someWhims, someWhims, (left, right) => {
        const a = createConsole('a', TEST_ROSTER);
        const b = createConsole('b', TEST_ROSTER);
        for (const text of ['A street', 'B street'])
          act('incident.open', { location: { text }, nature: { code: 'CHEST', text: 'Chest pain' } }, a);
        meet(a, b);
        for (const whim of left) follow(whim, a);
        for (const whim of right) follow(whim, b);
        for (const id of idsOf(a.world, 'incident')) {
          const of = id;
          for (const element of ['psapCall', 'dispatchNotified'] as const)
            act('time.amend', { of, element, time: 800 + id.length, reason: 'telephone log' }, a);
        }
        meet(a, b);
        const { world } = a;
        for (const id of idsOf(world, 'incident')) {
          const folded = world.entity(entityRef('incident', id));
          if (!folded) continue;
          const shown = incidentRow(folded, [], world);
          const row = rowOf(folded)?.clear;
          const { times } = z.object({ times: z.record(z.string(), z.number()) }).parse(row?.body);
          expect({ ...row, entered_at: times.dispatchNotified ?? null }).toMatchObject({
            answered_at: shown.answeredAt,
            entered_at: shown.enteredAt,
            priority: shown.priority,
            nature_text: shown.nature?.text ?? null,
          });
        }
        for (const id of idsOf(world, 'assignment')) {
          const folded = world.entity(entityRef('assignment', id));
          const shown = folded ? assignmentRow(folded, world) : null;
          if (!folded || !shown) continue;
          const times = ASSIGNMENT_TIMES.map((element) => [columnOf(element), shown.times[element]?.at ?? null]);
          expect(rowOf(folded)?.clear, id).toMatchObject({ status_code: shown.code, ...Object.fromEntries(times) });
        }
      }),
      { numRuns: 100 },
    );
  });
});
