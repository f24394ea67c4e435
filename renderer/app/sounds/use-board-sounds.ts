/** Lets the board be heard: units in need, new calls, updates, times that ran out, the center lost and back. */
import { useEffect, useRef } from 'react';
import type { RosterBody } from '#domain/cad/roster.ts';
import { useStatuses } from '../../features/units/statuses.ts';
import { useNow } from '../clock/clock.ts';
import { useIncidents, useOfReach, useReach, useRoster, useUnits } from '../connection/use-station.ts';
import { useAction } from '../keys/actions.ts';
import { useSelection } from '../selection.ts';
import {
  type Board,
  boardSounds,
  callingForHelp,
  isThere,
  ranOut,
  reachSound,
  unitsRanOut,
  unseenUrgent,
} from './board-sounds.ts';
import { play } from './player.ts';
import { seenCalls } from './seen-calls.ts';

const REPEAT_MS = 4_000;
/** Of a unit's emergency. */
const CRY_MS = 2_000;

export function useBoardSounds(): void {
  const incidents = useIncidents();
  const units = useUnits();
  const reach = useReach();
  const station = useOfReach('station') ?? '';
  const now = useNow();
  const selected = useSelection((at) => at.incident);
  const statuses = useStatuses();
  const site = Object.values(useRoster<RosterBody<'site'>>('site'))[0];
  const before = useRef<Board | null>(null);
  const reachBefore = useRef(reach);
  const lastLook = useRef(now);
  // By the steady clock: the board's own may be set back, and what repeats would be silent until it has caught up.
  const lastRing = useRef(Number.NEGATIVE_INFINITY);
  const lastCry = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    const board = { incidents, units };
    if (!isThere(board)) return;
    if (before.current === null) for (const id of Object.keys(incidents)) seenCalls.add(id);
    for (const kind of boardSounds(before.current, board, station)) play(kind);
    before.current = board;
  }, [incidents, units, station]);

  useEffect(() => {
    if (selected !== null) seenCalls.add(selected);
  }, [selected]);

  useEffect(() => {
    const sound = reachSound(reachBefore.current, reach);
    reachBefore.current = reach;
    if (sound) play(sound);
  }, [reach]);

  // At once, and until somebody has seen it: also one that stood there when the window opened.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked on each beat of the clock, whatever it shows
  useEffect(() => {
    const at = performance.now();
    if (callingForHelp(units).length === 0 || at - lastCry.current < CRY_MS) return;
    lastCry.current = at;
    play('emergency');
  }, [now, units]);

  useEffect(() => {
    const limits = (priority: '1' | '2' | '3' | '4') => site?.body.waiting[priority] ?? null;
    const late = [
      ...ranOut(incidents, limits, lastLook.current, now),
      ...unitsRanOut(units, statuses.limits, lastLook.current, now),
    ];
    if (late.length > 0) play('timer');
    lastLook.current = now;
    const at = performance.now();
    if (at - lastRing.current >= REPEAT_MS && unseenUrgent(incidents, seenCalls, station).length > 0) {
      lastRing.current = at;
      play('call-1');
    }
  }, [now, incidents, units, statuses, site, station]);

  useAction('quiet', () => {
    for (const id of unseenUrgent(incidents, seenCalls, station)) seenCalls.add(id);
    return true;
  });
}
