/** What the station says beforehand that Enter will come to: what it asks first, warns of, holds back, or cannot do. */
import { useEffect, useRef, useState } from 'react';
import type { CallOutput } from '#domain/bridge/calls.ts';
import { reasonsOf } from '#domain/kernel/decision.ts';
import type { Answer } from '../connection/station.ts';
import { useIncidents, useOfReach, useStation, useUnits } from '../connection/use-station.ts';

export interface Caution {
  readonly says: string;
  /** Enter does not do what the line says, now or ever. */
  readonly stops: boolean;
}

/** Of the window's way to its station, and of who sits here: nothing of the line. */
const NOT_OF_THE_LINE = /^(station|session)\./;

/** The caution before Enter, in words; null where Enter just does what the line says. */
export function cautionOf(answer: Answer<CallOutput<'command.preview'>>): Caution | null {
  if (answer.ok) {
    const { warned } = answer.value;
    return warned === undefined ? null : { says: `Enter also warns: ${reasonsOf(warned)}`, stops: false };
  }
  const { code, message } = answer.refusal;
  if (NOT_OF_THE_LINE.test(code)) return null;
  if (code === 'confirm.needed') return { says: `Enter asks first: ${message}`, stops: false };
  if (code === 'fact.held_back') return { says: `Held back. ${message}`, stops: true };
  return { says: `Not possible: ${message}`, stops: true };
}

/** Whoever types on is not asked about each letter. ms */
const AFTER_TYPING_MS = 120;
/** The board may change all the time. ms */
const AGAIN_MS = 500;

/** For a line that is understood whole (`null` for any other); what is shown is never of another line than this one. */
export function useForeseen(line: string | null, selected: string | null): Caution | null {
  const station = useStation();
  const [seen, setSeen] = useState<{ readonly of: string; readonly caution: Caution | null } | null>(null);
  const incidents = useIncidents();
  const units = useUnits();
  const older = useOfReach('older');
  const of = line === null ? null : `${selected ?? ''}\n${line.trim()}`;
  const askedOf = useRef<string | null>(null);
  const askedAt = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the board is what the answer rests on, and is asked about anew
  useEffect(() => {
    if (line === null || of === null) return;
    const wait = askedOf.current === of ? Math.max(0, askedAt.current + AGAIN_MS - performance.now()) : AFTER_TYPING_MS;
    const timer = setTimeout(() => {
      askedOf.current = of;
      askedAt.current = performance.now();
      station.call('command.preview', { line: line.trim(), selected }).then(
        (answer) => setSeen({ of, caution: cautionOf(answer) }),
        () => undefined,
      );
    }, wait);
    return () => clearTimeout(timer);
  }, [station, of, incidents, units, older]);
  return seen !== null && seen.of === of ? seen.caution : null;
}
