import type { ReactNode } from 'react';
import type { IncidentRow, UnitRow } from '#domain/bridge/topics.ts';
import { listed } from '#domain/cad/sentences/words.ts';
import { useAct } from '../../app/act.ts';
import { shortNumber } from '../board/short-number.ts';
import { SettleCard, type Side } from './settle-card.tsx';
import { mergedRound, type ToSettle } from './to-settle.ts';

interface Board {
  readonly incidents: { readonly [id: string]: IncidentRow };
  readonly units: { readonly [id: string]: UnitRow };
}

interface DecidedTwiceCardProps {
  readonly row: IncidentRow;
  readonly kind: Extract<ToSettle['kind'], 'ended' | 'crossed'>;
  readonly board: Board;
  readonly whose: ReactNode;
}

type Way = Side & { readonly take: () => void };

/**
 * What two people decided about a whole call without knowing of each other, or somebody left undecided as they closed it with units
 * on it: each way out, and one key that takes it.
 */
export function DecidedTwiceCard({ row, kind, board, whose }: DecidedTwiceCardProps): ReactNode {
  const act = useAct();
  const title = kind === 'crossed' ? 'merged into each other' : `${row.state} with a unit still on it`;
  const ways = kind === 'crossed' ? crossedWays(row, board, act) : endedWays(row, board, act);
  return (
    <SettleCard
      tone="amber"
      legend={`${kind === 'crossed' ? 'Decided twice' : 'To settle'}: ${title}`}
      head={
        <>
          {whose} <b className="text-amber">Settle</b> · {title}
        </>
      }
      sides={ways}
      take={(index) => ways[index]?.take()}
    />
  );
}

type Act = ReturnType<typeof useAct>;

function crossedWays(row: IncidentRow, { incidents }: Board, act: Act): Way[] {
  const round = mergedRound(row, incidents);
  return round.map((kept) => {
    const others = listed(round.filter((one) => one !== kept).map(({ number }) => shortNumber(number)));
    return {
      key: kept.id,
      shown: (
        <>
          <b>{kept.number}</b>
          <span className="muted">{[kept.nature?.text, kept.location?.text].filter(Boolean).join(', ')}</span>
        </>
      ),
      enter: `keeps it, with ${others} merged into it`,
      take: () => act('incident.merge', { incident: kept.id, into: kept.mergedInto ?? kept.id, merged: false }),
    };
  });
}

function endedWays(row: IncidentRow, { incidents, units }: Board, act: Act): Way[] {
  const chips = [...new Map(row.units.map((chip) => [chip.unit, chip])).values()];
  const callsigns = listed(chips.map(({ callsign }) => callsign).sort());
  const merged = row.state === 'merged' ? incidents[row.mergedInto ?? ''] : undefined;
  const into = merged?.state === 'closed' || merged?.state === 'merged' ? undefined : merged;
  // A unit that is moved leaves everything that it is on.
  const alone = chips.every(({ unit }) => units[unit]?.incidents.length === 1);
  const back: Way =
    row.state === 'closed'
      ? {
          key: 'back',
          shown: 'Reopen it',
          enter: `goes on with ${callsigns} on it`,
          take: () => act('incident.reopen', { incident: row.id }),
        }
      : {
          key: 'back',
          shown: 'Take the merge back',
          enter: `makes it a call again, with ${callsigns} on it`,
          take: () => act('incident.merge', { incident: row.id, into: row.mergedInto ?? row.id, merged: false }),
        };
  const off: Way = {
    key: 'off',
    shown: `Take ${callsigns} off`,
    enter: `cancels ${chips.length === 1 ? 'the unit' : 'the units'}, and it stays ${row.state}`,
    take: () => {
      for (const { unit } of chips) act('unit.cancel', { unit, incident: row.id });
    },
  };
  if (!into || !alone) return [back, off];
  const on: Way = {
    key: 'on',
    shown: `Move ${callsigns} to ${into.number}`,
    enter: `goes on there with the status and times that ${chips.length === 1 ? 'it has' : 'they have'} here`,
    take: () => {
      for (const { unit } of chips) act('unit.move', { unit, to: into.id });
    },
  };
  return [back, off, on];
}
