/** Asks the center, by way of the station, for one change of the roster; says what came of it. */
import { useState } from 'react';
import type { CallInput } from '#domain/bridge/calls.ts';
import type { Json } from '#domain/kernel/json.ts';
import { now } from '../../app/clock/clock.ts';
import { echo } from '../../app/command-line/echo.ts';
import { useStation } from '../../app/connection/use-station.ts';
import type { SetupKind } from './setup-kinds.ts';

/** How long an answer is waited for before the change is said to wait for the center. */
const WAIT_MS = 4_000;

type PutBody = CallInput<'roster.put'>['records'][number]['body'];

interface Problem {
  readonly field?: string;
  readonly detail: string;
}

export interface PutRecord {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** Refuses at a field what the center would refuse, without asking it. */
  readonly refuse: (field: string, detail: string) => void;
  /**
   * Changes the record of this version, makes a new one where there is none, or archives it where there is no body. `done` is
   * called when the center has it, and when it waits for the center.
   */
  readonly ask: (
    target: { readonly id: string; readonly version: number } | null,
    body: { readonly [key: string]: Json } | null,
    done: () => void,
  ) => void;
}

/** `records.0.body.callsign` → `callsign`, as the form names it. */
const fieldOf = (field: string | undefined): string => field?.replace(/^records\.\d+\.body\./, '') ?? '';

export function usePutRecord(kind: SetupKind): PutRecord {
  const station = useStation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const ask = async (target: { id: string; version: number } | null, body: PutBody): Promise<Problem | null> => {
    const asked = await station.call('roster.put', {
      records: [{ kind: kind.kind, ...(target ? { id: target.id } : {}), version: target?.version ?? 0, body }],
    });
    if (!asked.ok) return { field: fieldOf(asked.refusal.field), detail: asked.refusal.message };
    const answer = await station.call('request.await', { request: asked.value.request, waitMs: WAIT_MS });
    if (!answer.ok) return { detail: answer.refusal.message };
    const { state, decision } = answer.value;
    if (state === 'refused')
      return { detail: decision?.rules.map((rule) => rule.reason).join(' ') || 'The center refused it.' };
    const waits = state === 'waiting' ? 'waits for the center, see Requests' : 'the center has it';
    echo(true, `${kind.one}: ${waits}`, now());
    return null;
  };
  return {
    busy,
    problem,
    refuse: (field, detail) => setProblem({ field, detail }),
    ask: (target, body, done) => {
      setBusy(true);
      setProblem(null);
      void ask(target, body as PutBody)
        .catch((failure: unknown): Problem => ({ detail: String(failure) }))
        .then((why) => {
          setBusy(false);
          setProblem(why);
          if (why === null) done();
        });
    },
  };
}
