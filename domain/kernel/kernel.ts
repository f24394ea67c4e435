/** The kernel's own facts: about logs, clocks, and other facts. */
import { z } from 'zod';
import type { FactHeader } from './fact.ts';
import { FACT_CONTESTED, FACT_SETTLED } from './fold.ts';
import { ClockMeasuredSchema, LogClosedSchema, LogGapSchema, LogOpenedSchema } from './log.ts';
import { type FactType, factType, type Module } from './module.ts';
import { SUPERVISING } from './permission.ts';

const bookkeeping = (type: string, title: string, body: z.ZodType): FactType =>
  factType({ type, v: 1, title, body, may: [], classification: 'NON_PHI', effects: () => [] });

/** Whose word the center's own facts are. */
export const CENTER_STATION = 'center';

export const ENTITY_ERASED = 'entity.erased';

/** The center's word that the keys of what a fact is about were destroyed. Anybody else's says nothing. */
export function isErasure({ type, station }: Pick<FactHeader, 'type' | 'station'>): boolean {
  return type === ENTITY_ERASED && station === CENTER_STATION;
}

/** Types that a station's process notes by itself: they have no author to judge, and their bodies are in clear. */
export const PROCESS_FACTS = ['log.opened', 'log.closed', 'log.gap', 'clock.measured', ENTITY_ERASED] as const;

export const KERNEL: Module = {
  name: 'kernel',
  title: 'Kernel',
  needs: [],
  essential: true,
  entities: [],
  actions: [],
  facts: [
    bookkeeping('log.opened', 'Log opened', LogOpenedSchema),
    bookkeeping('log.closed', 'Log closed', LogClosedSchema),
    bookkeeping('log.gap', 'Log gap', LogGapSchema),
    bookkeeping('clock.measured', 'Clock measured', ClockMeasuredSchema),
    bookkeeping(ENTITY_ERASED, 'Erased', z.object({ reason: z.string().max(240) })),
    bookkeeping(FACT_CONTESTED, 'Contested', z.object({ fact: z.string().max(128), reason: z.string().max(240) })),
    factType({
      type: FACT_SETTLED,
      v: 1,
      title: 'Contested entry settled',
      classification: 'OPS',
      may: SUPERVISING,
      body: z.object({
        fact: z.string().max(128),
        verdict: z.enum(['confirmed', 'set aside']),
        note: z.string().max(240).optional(),
      }),
      effects: () => [],
    }),
  ],
};
